import type { MessagePort } from 'node:worker_threads'

import type { AhiErrorCode } from '../errors/errors.ts'
import { ServiceFailure } from '../errors/service-failure.ts'
import type { AhiCredentials } from '../model/credentials.ts'
import { type CredentialSource, type CredentialsId, holdCredentials } from './credential-source.ts'

interface CredentialRequest {
  readonly expired: CredentialsId | undefined
}

type CredentialResponse = { readonly credentials: AhiCredentials } | { readonly failure: PlainFailure }

/** A failure in a form that can be sent to another thread. The cause of a `ServiceFailure` may hold anything. */
interface PlainFailure {
  readonly code: AhiErrorCode
  readonly reason: string
  readonly retryable: boolean
  readonly isMisdirected: boolean
  readonly advice: string | undefined
  readonly cause: Error | undefined
}

/**
 * Serves credentials to another thread through `port`, until the port is closed. The port does not keep the process
 * alive.
 */
export function serveCredentials(port: MessagePort, source: CredentialSource): void {
  port.on('message', (request: CredentialRequest) => {
    void answerTo(request, source).then((answer) => port.postMessage(answer, []))
  })
  port.unref()
}

async function answerTo({ expired }: CredentialRequest, source: CredentialSource): Promise<CredentialResponse> {
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
 * Returns a source of credentials that another thread serves through `port`. The port keeps this thread alive only
 * while it waits for an answer. After the port is closed, requests fail.
 */
export function credentialsThrough(port: MessagePort): CredentialSource {
  let pending: PromiseWithResolvers<AhiCredentials> | undefined
  let isClosed = false

  port.on('message', (answer: CredentialResponse) => {
    if ('credentials' in answer) pending?.resolve(answer.credentials)
    else pending?.reject(failureOf(answer.failure))
  })
  port.on('close', () => {
    isClosed = true
    pending?.reject(noAnswer())
  })
  port.unref()

  return holdCredentials(async (expired) => {
    if (isClosed) throw noAnswer()
    pending = Promise.withResolvers()
    port.ref()
    port.postMessage({ expired } satisfies CredentialRequest, [])
    try {
      return await pending.promise
    } finally {
      port.unref()
    }
  })
}

function failureOf({ code, reason, ...options }: PlainFailure): ServiceFailure {
  return new ServiceFailure(code, reason, options)
}

function noAnswer(): ServiceFailure {
  return new ServiceFailure('AHI_UNAVAILABLE', 'the client that shared its access is closed', {
    advice: 'share the access of another client',
  })
}
