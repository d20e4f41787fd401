import type http from 'node:http'

import { ServiceFailure } from '../errors/service-failure.ts'
import { offAbort, onAbort } from '../timing/abort.ts'
import { type BodyLimit, tooLong } from './body-limit.ts'
import type { ExchangeWatch, WatchedExchange } from './exchange-watch.ts'
import { declaredLength, singleHeaders } from './single-headers.ts'
import { type OpenedRequest, onRefusedTunnel } from './opened-request.ts'
import { cutOff, failureOfSocket, silent, timedOut } from './socket-failure.ts'

/** One HTTP answer whose body is read as it arrives. */
export interface HttpStream {
  readonly statusCode: number
  /** Headers by lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /**
   * The body. Read it once. Nothing is read ahead except what the socket holds. It ends early with a {@link
   * ServiceFailure} or the reason of the signal. Leaving the loop closes the socket.
   */
  readonly body: AsyncIterable<Uint8Array>
  /** Bytes of the body read so far. */
  readonly received: number
  /** Ends the exchange. */
  destroy(): void
  /** Resolves when the exchange has ended for any reason. */
  readonly closed: Promise<void>
}

interface StreamOptions {
  /** Body of the request. */
  readonly body: string | Uint8Array | undefined
  /** Longest silence in milliseconds while the service must send something. */
  readonly timeoutMs: number
  /** Longest time in milliseconds that the service may take for the whole answer. */
  readonly deadlineMs: number
  readonly watch: ExchangeWatch
  /** The longest body of an answer with status 200. */
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
      // A slow consumer is not silence of the service, so the body has its own timer.
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
  // Nothing reads the body yet.
  watched.isWaiting = false
  const closed = new Promise<void>((resolve) => response.once('close', resolve))
  response.once('close', () => {
    watch.delete(watched)
    if (signal !== undefined) offAbort(signal, destroy)
  })
  // Reading the body throws the error. Until then it must not end the process.
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
      // Not retryable: another request would stream the whole body again.
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
