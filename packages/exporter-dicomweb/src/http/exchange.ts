import type { IncomingMessage } from 'node:http'
import {
  failureOfSocket,
  offAbort,
  onAbort,
  onRefusedTunnel,
  ServiceFailure,
  singleHeaders,
  timedOut,
  type OpenedRequest,
} from '@ahi-dicom/ahi-client/http'
import type { RequestBody, ServerAnswer } from './server-answer.ts'

/** Options of {@link exchange}. */
export interface ExchangeOptions {
  readonly body: RequestBody
  /** Longest silence of the server, and longest time for the body of its answer, in milliseconds. */
  readonly timeoutMs: number
  /** Most bytes of an answer. */
  readonly maxAnswerBytes: number
  readonly signal: AbortSignal | undefined
}

/**
 * Sends a request and resolves with its whole answer, which may arrive before the request is sent completely. After it
 * settles, the body is not read any more. Rejects with a `ServiceFailure`, an error of the body, or the reason of the
 * signal.
 */
export async function exchange(request: OpenedRequest, options: ExchangeOptions): Promise<ServerAnswer> {
  const { timeoutMs, maxAnswerBytes, signal } = options
  const { sent } = request
  const closed = new Promise<void>((resolve) => sent.once('close', resolve))
  const { promise: broken, reject } = Promise.withResolvers<never>()
  const fail = (error: unknown): void =>
    reject(error instanceof ServiceFailure ? error : failureOfSocket(error, request))
  const abort = (): void => reject(signal?.reason)
  sent.on('error', fail)
  sent.on('timeout', () => fail(timedOut(request, timeoutMs)))
  onRefusedTunnel(request, fail)
  const answered = new Promise<IncomingMessage>((resolve) => sent.once('response', resolve))
  if (signal?.aborted === true) abort()
  else if (signal !== undefined) onAbort(signal, abort)
  let isAnswered = false
  let sending: Promise<void> | undefined
  try {
    sending = send(sent, options.body, () => isAnswered)
    const response = await Promise.race([answered, broken, failureOf(sending)])
    isAnswered = true
    const body = await Promise.race([receive(response, { timeoutMs, maxAnswerBytes }), broken])
    const { statusCode = 0 } = response
    if (!sent.writableEnded && statusCode < 300) {
      throw new ServiceFailure('AHI_RESPONSE', 'the server answered before it had received the whole request', {
        retryable: true,
      })
    }
    if (!sent.writableFinished) sent.destroy()
    return { statusCode, headers: singleHeaders(response), body }
  } catch (error) {
    sent.destroy()
    throw error
  } finally {
    isAnswered = true
    if (signal !== undefined) offAbort(signal, abort)
    // The socket may still read parts of the body, whose memory is reused.
    if (!sent.writableFinished) await closed
    await sending?.catch(() => undefined)
  }
}

/** Sends the body. If the body is generated, each part is sent before the next is requested. */
async function send(sent: OpenedRequest['sent'], body: RequestBody, isOver: () => boolean): Promise<void> {
  if (!(Symbol.asyncIterator in body)) {
    sent.cork()
    for (const part of body) sent.write(part)
    sent.end()
    sent.uncork()
    return
  }
  for await (const part of body) {
    if (isOver() || sent.destroyed) return
    if (part.byteLength > 0) await new Promise<void>((resolve) => void sent.write(part, () => resolve()))
  }
  sent.end()
}

/** Rejects if sending fails. Never resolves. */
async function failureOf(sending: Promise<void>): Promise<never> {
  await sending
  return await new Promise<never>(() => {})
}

/** Receives the body of an answer. Fails if the body is too long or too slow. */
async function receive(
  response: IncomingMessage,
  { timeoutMs, maxAnswerBytes }: Pick<ExchangeOptions, 'timeoutMs' | 'maxAnswerBytes'>,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let byteLength = 0
  const slow = new ServiceFailure('AHI_UNAVAILABLE', `the answer was not complete after ${timeoutMs} ms`, {
    retryable: true,
  })
  const timer = setTimeout(() => response.destroy(slow), timeoutMs)
  try {
    for await (const chunk of response) {
      const bytes: Uint8Array = chunk
      byteLength += bytes.byteLength
      if (byteLength > maxAnswerBytes) {
        throw new ServiceFailure('AHI_RESPONSE', `the answer is longer than ${maxAnswerBytes} bytes`)
      }
      chunks.push(bytes)
    }
  } catch (error) {
    if (error instanceof ServiceFailure) throw error
    throw new ServiceFailure('AHI_RESPONSE', `the answer was cut off after ${byteLength} bytes`, {
      retryable: true,
      cause: error,
    })
  } finally {
    clearTimeout(timer)
  }
  return Buffer.concat(chunks)
}
