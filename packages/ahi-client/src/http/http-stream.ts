import type http from 'node:http'

import { ServiceFailure } from '../errors/service-failure.ts'
import { offAbort, onAbort } from '../timing/abort.ts'
import { type BodyLimit, tooLong } from './body-limit.ts'
import type { ExchangeWatch, WatchedExchange } from './exchange-watch.ts'
import { declaredLength, singleHeaders } from './single-headers.ts'
import { type OpenedRequest, onRefusedTunnel } from './opened-request.ts'
import { cutOff, failureOfSocket, silent, timedOut } from './socket-failure.ts'

/** One HTTP answer whose body is read as it comes. */
export interface HttpStream {
  readonly statusCode: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /**
   * The body, to be read once. Nothing is read ahead but what the socket holds. Ends early with a
   * {@link ServiceFailure} or the reason of the signal. Leaving the loop over it closes the socket.
   */
  readonly body: AsyncIterable<Uint8Array>
  /** Bytes of the body that have been read. */
  readonly received: number
  /** Ends the exchange. */
  destroy(): void
  /** Resolves when the exchange is over, however it ended. */
  readonly closed: Promise<void>
}

interface StreamOptions {
  /** What to send. */
  readonly body: string | Uint8Array | undefined
  /** How long the service may be silent while something is expected of it, in milliseconds. */
  readonly timeoutMs: number
  /** How long the service may take for the whole answer, in milliseconds. */
  readonly deadlineMs: number
  readonly watch: ExchangeWatch
  /** How long the body of a success may be. */
  readonly limit: BodyLimit
  readonly signal: AbortSignal | undefined
}

/** Sends a request and resolves with the head of its answer. */
export function streamedAnswer(request: OpenedRequest, options: StreamOptions): Promise<HttpStream> {
  const { body, timeoutMs, deadlineMs, watch, limit, signal } = options
  const { sent } = request
  return new Promise((resolve, reject) => {
    const end = (reason: unknown): void => {
      if (signal !== undefined) offAbort(signal, abort)
      watch.delete(watched)
      reject(reason)
      sent.destroy()
    }
    const abort = (): void => end(signal?.reason)
    const fail = (error: unknown): void =>
      end(error instanceof ServiceFailure ? error : failureOfSocket(error, request))
    const timeout = (): void => fail(timedOut(request, timeoutMs))
    let expire: WatchedExchange['expire'] = fail
    const watched: WatchedExchange = {
      hasHead: false,
      received: 0,
      isWaiting: true,
      deadlineMs,
      expire: (failure) => expire(failure),
    }
    sent.on('error', fail)
    onRefusedTunnel(request, fail)
    sent.on('timeout', timeout)
    sent.on('response', (response) => {
      if ((declaredLength(response) ?? 0) > limit.byteLength && response.statusCode === 200) {
        fail(tooLong(limit, { isRetryable: true }))
        return
      }
      watched.hasHead = true
      expire = (failure) => response.destroy(failure)
      if (signal !== undefined) offAbort(signal, abort)
      // A consumer that takes its time is no silence of the service: the body has a timer of its own.
      sent.off('timeout', timeout)
      sent.off('error', fail)
      sent.on('error', (error) => response.destroy(error))
      resolve(receivedStream(response, watched, options))
    })
    if (signal !== undefined) onAbort(signal, abort)
    watch.add(watched)
    sent.end(body)
  })
}

function receivedStream(response: http.IncomingMessage, watched: WatchedExchange, options: StreamOptions): HttpStream {
  const { watch, signal } = options
  const destroy = (): void => void response.destroy()
  if (signal !== undefined) onAbort(signal, destroy)
  // Nobody reads yet.
  watched.isWaiting = false
  const closed = new Promise<void>((resolve) => response.once('close', resolve))
  response.once('close', () => {
    watch.delete(watched)
    if (signal !== undefined) offAbort(signal, destroy)
  })
  // Reading the body throws it; before anyone reads, an error must not end the process.
  response.on('error', () => {})
  return {
    statusCode: response.statusCode ?? 0,
    headers: singleHeaders(response),
    body: chunks(response, watched, options),
    get received() {
      return watched.received
    },
    destroy,
    closed,
  }
}

async function* chunks(
  response: http.IncomingMessage,
  watched: WatchedExchange,
  { timeoutMs, limit, signal }: StreamOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  watched.isWaiting = true
  const timer = setTimeout(() => {
    if (watched.isWaiting) response.destroy(silent(timeoutMs))
  }, timeoutMs)
  try {
    for await (const chunk of response) {
      watched.isWaiting = false
      const bytes: Uint8Array = chunk
      watched.received += bytes.length
      // Asking again would stream all of it again.
      if (watched.received > limit.byteLength) throw tooLong(limit, { isRetryable: false })
      yield bytes
      watched.isWaiting = true
      timer.refresh()
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw error instanceof ServiceFailure ? error : cutOff(watched.received, declaredLength(response), error)
  } finally {
    watched.isWaiting = false
    clearTimeout(timer)
  }
}
