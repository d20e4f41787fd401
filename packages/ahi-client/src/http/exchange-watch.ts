import { ServiceFailure } from '../errors/service-failure.ts'

/** One request and its answer, watched for speed. */
export interface WatchedExchange {
  /** True once the head of the answer has arrived. */
  hasHead: boolean
  /** Bytes of the body so far. */
  received: number
  /** True while the service must send something. False while the reader of a stream is busy. */
  isWaiting: boolean
  /** Longest time in milliseconds that the service may take for the whole answer. */
  readonly deadlineMs: number
  /** Ends the exchange. */
  readonly expire: (failure: ServiceFailure) => void
}

/** How slow a service may be. */
export interface WatchOptions {
  /** Longest silence of the service in milliseconds. The speed of a body is measured over this time. */
  readonly timeoutMs: number
  /** Least bytes per second of a body. */
  readonly minBytesPerSecond: number
}

/**
 * Ends exchanges that are too slow. Silence has a separate time-out; this one catches answers that arrive byte by byte.
 */
export interface ExchangeWatch {
  add(exchange: WatchedExchange): void
  delete(exchange: WatchedExchange): void
}

interface Progress {
  /** Time in milliseconds that the service has taken so far. */
  waitedMs: number
  /** `waitedMs` at the start of the current window. */
  windowStart: number
  /** Bytes received before the current window. */
  windowBytes: number
}

/**
 * Creates a watch. One timer serves all exchanges. It counts ticks instead of reading a clock, so that no time passes
 * for the service while this process is stopped or busy.
 */
export function createExchangeWatch(options: WatchOptions): ExchangeWatch {
  const tickMs = Math.max(1, Math.min(1000, Math.floor(options.timeoutMs / 10)))
  const exchanges = new Map<WatchedExchange, Progress>()
  let timer: NodeJS.Timeout | undefined

  function tick(): void {
    if (exchanges.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
    for (const [exchange, progress] of exchanges) {
      if (!exchange.isWaiting) continue
      progress.waitedMs += tickMs
      const failure = failureOf(exchange, progress, options)
      if (failure === undefined) continue
      exchanges.delete(exchange)
      exchange.expire(failure)
    }
  }

  return {
    add: (exchange) => {
      exchanges.set(exchange, { waitedMs: 0, windowStart: 0, windowBytes: 0 })
      timer ??= setInterval(tick, tickMs).unref()
    },
    delete: (exchange) => void exchanges.delete(exchange),
  }
}

function failureOf(
  { hasHead, received, deadlineMs }: WatchedExchange,
  progress: Progress,
  { timeoutMs, minBytesPerSecond }: WatchOptions,
): ServiceFailure | undefined {
  const { waitedMs, windowStart, windowBytes } = progress
  if (waitedMs > deadlineMs) return slow(`the answer was not complete after ${deadlineMs} ms`)
  if (!hasHead) {
    progress.windowStart = waitedMs
    // One time-out for connecting and one for answering.
    return waitedMs > 2 * timeoutMs ? slow(`the answer did not begin within ${2 * timeoutMs} ms`) : undefined
  }
  const windowMs = waitedMs - windowStart
  if (windowMs < timeoutMs) return undefined
  progress.windowStart = waitedMs
  progress.windowBytes = received
  if ((received - windowBytes) * 1000 >= minBytesPerSecond * windowMs) return undefined
  return slow(`the answer came slower than ${minBytesPerSecond} bytes a second`)
}

function slow(reason: string): ServiceFailure {
  return new ServiceFailure('AHI_UNAVAILABLE', reason, { retryable: true })
}
