import type { MessagePort } from 'node:worker_threads'

import type { AhiErrorCode } from '../errors/errors.ts'
import { ServiceFailure } from '../errors/service-failure.ts'
import type { AhiCredentials } from '../model/credentials.ts'
import { type CredentialSource, type CredentialsId, holdCredentials } from './credential-source.ts'

interface Question {
  readonly expired: CredentialsId | undefined
}

type Answer = { readonly credentials: AhiCredentials } | { readonly failure: PlainFailure }

/** A failure that can be sent to another thread. The cause of a `ServiceFailure` may hold anything. */
interface PlainFailure {
  readonly code: AhiErrorCode
  readonly reason: string
  readonly retryable: boolean
  readonly isMisdirected: boolean
  readonly advice: string | undefined
  readonly cause: Error | undefined
}

/** Gives another thread credentials through `port`, until that is closed. The port does not keep the process alive. */
export function serveCredentials(port: MessagePort, source: CredentialSource): void {
  port.on('message', (question: Question) => {
    void answerTo(question, source).then((answer) => port.postMessage(answer, []))
  })
  port.unref()
}

async function answerTo({ expired }: Question, source: CredentialSource): Promise<Answer> {
  if (expired !== undefined) source.discard(expired)
  try {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await source.get()
    return { credentials: { accessKeyId, secretAccessKey, sessionToken, expiration } }
  } catch (error) {
    return { failure: plainFailure(error) }
  }
}

function plainFailure(error: unknown): PlainFailure {
  const failure = error instanceof ServiceFailure ? error : new ServiceFailure('AHI_CREDENTIALS', String(error))
  const { code, message: reason, retryable, isMisdirected, advice, cause } = failure
  return {
    code,
    reason,
    retryable,
    isMisdirected,
    advice,
    cause: cause instanceof Error ? new Error(cause.message) : undefined,
  }
}

/**
 * Returns credentials that another thread provides through `port`. The port keeps this thread alive only while it
 * waits for an answer. If the port is closed, questions fail.
 */
export function credentialsThrough(port: MessagePort): CredentialSource {
  let asked: PromiseWithResolvers<AhiCredentials> | undefined
  let isClosed = false

  port.on('message', (answer: Answer) => {
    if ('credentials' in answer) asked?.resolve(answer.credentials)
    else asked?.reject(failureOf(answer.failure))
  })
  port.on('close', () => {
    isClosed = true
    asked?.reject(noAnswer())
  })
  port.unref()

  return holdCredentials(async (expired) => {
    if (isClosed) throw noAnswer()
    asked = Promise.withResolvers()
    port.ref()
    port.postMessage({ expired } satisfies Question, [])
    try {
      return await asked.promise
    } finally {
      port.unref()
    }
  })
}

function failureOf({ code, reason, ...options }: PlainFailure): ServiceFailure {
  return new ServiceFailure(code, reason, options)
}

function noAnswer(): ServiceFailure {
  return new ServiceFailure('AHI_UNAVAILABLE', 'the client that shared its access is closed')
}
