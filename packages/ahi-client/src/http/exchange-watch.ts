import { ServiceFailure } from '../errors/service-failure.ts'

/** One exchange under watch. */
export interface WatchedExchange {
  /** Whether the head of the answer is there. */
  hasHead: boolean
  /** Bytes of the body so far. */
  received: number
  /** Whether the service has to send something. It has not while the reader of a stream takes its time. */
  isWaiting: boolean
  /** Longest time that the service may take for the whole answer, in milliseconds. */
  readonly deadlineMs: number
  /** Ends the exchange. */
  readonly expire: (failure: ServiceFailure) => void
}

/** How slow a service may be. */
export interface WatchOptions {
  /** How long the service may be silent, in milliseconds. The speed of a body is measured over this time. */
  readonly timeoutMs: number
  /** The least bytes of a body in a second. */
  readonly minBytesPerSecond: number
}

/** Ends exchanges that are too slow. Silence has a time-out of its own; this catches a byte now and then. */
export interface ExchangeWatch {
  add(exchange: WatchedExchange): void
  delete(exchange: WatchedExchange): void
}

interface Progress {
  /** Time that the service took so far, in milliseconds. */
  waitedMs: number
  /** `waitedMs` when the present window began. */
  windowStart: number
  /** Bytes received before it. */
  windowBytes: number
}

/**
 * Makes a watch. It has one timer for all exchanges, and counts its ticks instead of reading a clock: while this process
 * is stopped or busy, no time passes for the service.
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
    // The time-out for connecting, and that for answering.
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
