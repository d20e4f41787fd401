import type http from 'node:http'

import { ServiceFailure } from '../errors/service-failure.ts'
import { offAbort, onAbort } from '../timing/abort.ts'
import { freshMemory, type ReceiveMemory } from './receive-memory.ts'
import { receiveBody } from './received-body.ts'
import { singleHeaders } from './single-headers.ts'
import { failureOfSocket, silent } from './socket-failure.ts'

/** One HTTP answer with its whole body. */
export interface HttpAnswer {
  readonly statusCode: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array<ArrayBuffer>
}

interface ExchangeOptions {
  /** Body of the request. */
  readonly body: string | Uint8Array | undefined
  /** How long the service may be silent, in milliseconds. */
  readonly timeoutMs: number
  /** Memory for the body of a success. */
  readonly memory: ReceiveMemory
  readonly signal: AbortSignal | undefined
}

/** Sends a request and resolves with its whole answer. */
export function wholeAnswer(sent: http.ClientRequest, options: ExchangeOptions): Promise<HttpAnswer> {
  const { body, timeoutMs, memory, signal } = options
  return new Promise((resolve, reject) => {
    let received: http.IncomingMessage | undefined
    const end = (reason: unknown): void => {
      if (signal !== undefined) offAbort(signal, abort)
      reject(reason)
      received?.destroy()
      sent.destroy()
    }
    const abort = (): void => end(signal?.reason)
    const fail = (error: unknown): void => end(error instanceof ServiceFailure ? error : failureOfSocket(error))
    sent.on('error', fail)
    sent.on('timeout', () => fail(silent(timeoutMs)))
    sent.on('response', (response) => {
      received = response
      const { statusCode = 0 } = response
      const done = (body: Uint8Array<ArrayBuffer>): void => {
        if (signal !== undefined) offAbort(signal, abort)
        resolve({ statusCode, headers: singleHeaders(response), body })
      }
      receiveBody(response, statusCode === 200 ? memory : freshMemory, { done, fail })
    })
    if (signal !== undefined) onAbort(signal, abort)
    sent.end(body)
  })
}
