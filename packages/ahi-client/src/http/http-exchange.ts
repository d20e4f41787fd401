import type http from 'node:http'

import { ServiceFailure } from '../errors/service-failure.ts'
import type { BodyBeginning } from '../model/request-options.ts'
import { offAbort, onAbort } from '../timing/abort.ts'
import type { BodyLimit } from './body-limit.ts'
import type { ExchangeWatch, WatchedExchange } from './exchange-watch.ts'
import type { ReceiveMemory } from './receive-memory.ts'
import { receiveBeginning } from './received-beginning.ts'
import { receiveBody, receiveError } from './received-body.ts'
import { singleHeaders } from './single-headers.ts'
import { type OpenedRequest, onRefusedTunnel } from './opened-request.ts'
import { failureOfSocket, timedOut } from './socket-failure.ts'

/** One HTTP answer with its whole body, or the requested beginning of it. */
export interface HttpAnswer {
  readonly statusCode: number
  /** Headers by lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array<ArrayBuffer>
}

interface ExchangeOptions {
  readonly body: string | Uint8Array | undefined
  /** Longest silence of the service in milliseconds. */
  readonly timeoutMs: number
  /** Longest time of the whole answer in milliseconds. */
  readonly deadlineMs: number
  readonly watch: ExchangeWatch
  /** Memory for the body of an answer with status 200. */
  readonly memory: ReceiveMemory
  /** The longest body of an answer with status 200. */
  readonly limit: BodyLimit
  /** Returns how much of the body is needed. Default: all of it. */
  readonly beginning?: BodyBeginning | undefined
  readonly signal: AbortSignal | undefined
}

/** Sends a request and resolves with its whole answer. */
export function wholeAnswer(request: OpenedRequest, options: ExchangeOptions): Promise<HttpAnswer> {
  const { body, timeoutMs, deadlineMs, watch, memory, limit, beginning, signal } = options
  const { sent } = request
  return new Promise((resolve, reject) => {
    let received: http.IncomingMessage | undefined
    const over = (): void => {
      watch.delete(watched)
      if (signal !== undefined) offAbort(signal, abort)
    }
    const end = (reason: unknown): void => {
      over()
      reject(reason)
      received?.destroy()
      sent.destroy()
    }
    const abort = (): void => end(signal?.reason)
    const fail = (error: unknown): void =>
      end(error instanceof ServiceFailure ? error : failureOfSocket(error, request))
    const watched: WatchedExchange = { hasHead: false, received: 0, isWaiting: true, deadlineMs, expire: fail }
    sent.on('error', fail)
    onRefusedTunnel(request, fail)
    sent.on('timeout', () => fail(timedOut(request, timeoutMs)))
    sent.on('response', (response) => {
      received = response
      watched.hasHead = true
      const { statusCode = 0 } = response
      const done = (body: Uint8Array<ArrayBuffer>): void => {
        over()
        resolve({ statusCode, headers: singleHeaders(response), body })
      }
      if (statusCode === 200 && beginning !== undefined) {
        receiveBeginning(response, { limit, watched, beginning }, { done, fail, refuse: end })
      } else if (statusCode === 200) receiveBody(response, { memory, limit, watched }, { done, fail })
      else receiveError(response, watched, { done })
    })
    if (signal !== undefined) onAbort(signal, abort)
    watch.add(watched)
    sent.end(body)
  })
}
