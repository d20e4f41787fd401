import type http from 'node:http'

import { ServiceFailure } from '../errors/service-failure.ts'
import { offAbort, onAbort } from '../timing/abort.ts'
import { singleHeaders } from './single-headers.ts'
import { cutOff, failureOfSocket, silent } from './socket-failure.ts'

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
  readonly signal: AbortSignal | undefined
}

/** Sends a request and resolves with the head of its answer. */
export function streamedAnswer(sent: http.ClientRequest, options: StreamOptions): Promise<HttpStream> {
  const { body, timeoutMs, signal } = options
  return new Promise((resolve, reject) => {
    const end = (reason: unknown): void => {
      if (signal !== undefined) offAbort(signal, abort)
      reject(reason)
      sent.destroy()
    }
    const abort = (): void => end(signal?.reason)
    const fail = (error: unknown): void => end(error instanceof ServiceFailure ? error : failureOfSocket(error))
    const timeout = (): void => fail(silent(timeoutMs))
    sent.on('error', fail)
    sent.on('timeout', timeout)
    sent.on('response', (response) => {
      if (signal !== undefined) offAbort(signal, abort)
      // A consumer that takes its time is no silence of the service: the body has a timer of its own.
      sent.off('timeout', timeout)
      sent.off('error', fail)
      sent.on('error', (error) => response.destroy(error))
      resolve(receivedStream(response, options))
    })
    if (signal !== undefined) onAbort(signal, abort)
    sent.end(body)
  })
}

function receivedStream(response: http.IncomingMessage, { timeoutMs, signal }: StreamOptions): HttpStream {
  const destroy = (): void => void response.destroy()
  if (signal !== undefined) onAbort(signal, destroy)
  const closed = new Promise<void>((resolve) => response.once('close', resolve))
  response.once('close', () => {
    if (signal !== undefined) offAbort(signal, destroy)
  })
  // Reading the body throws it; before anyone reads, an error must not end the process.
  response.on('error', () => {})
  return {
    statusCode: response.statusCode ?? 0,
    headers: singleHeaders(response),
    body: chunks(response, timeoutMs, signal),
    destroy,
    closed,
  }
}

async function* chunks(
  response: http.IncomingMessage,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  let isWaiting = true
  let received = 0
  const timer = setTimeout(() => {
    if (isWaiting) response.destroy(silent(timeoutMs))
  }, timeoutMs)
  try {
    for await (const chunk of response) {
      isWaiting = false
      const bytes: Uint8Array = chunk
      received += bytes.length
      yield bytes
      isWaiting = true
      timer.refresh()
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw error instanceof ServiceFailure ? error : cutOff(received, declaredLength(response), error)
  } finally {
    clearTimeout(timer)
  }
}

function declaredLength({ headers }: http.IncomingMessage): number | undefined {
  const declared = headers['content-length']
  return declared === undefined ? undefined : Number(declared)
}
