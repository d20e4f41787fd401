import { ServiceFailure } from '../errors/service-failure.ts'
import type { Operation } from '../errors/operations.ts'
import { type BodyLimit, longestErrorByteLength } from '../http/body-limit.ts'
import type { HttpAnswer } from '../http/http-exchange.ts'
import type { HttpStream } from '../http/http-stream.ts'
import type { HttpRequest, HttpTransport } from '../http/http-transport.ts'
import type { AhiCredentials } from '../model/credentials.ts'
import type { BodyBeginning } from '../model/request-options.ts'
import { failureOfAnswer } from './error-answer.ts'
import { checkOfAhi } from './foreign-answer.ts'
import type { ServiceTarget } from './service-target.ts'
import { createRequestSigner } from './signature.ts'

/** A request before it is signed. */
export interface UnsignedRequest {
  readonly operation: Operation
  readonly method: 'GET' | 'POST'
  /** Below that of the endpoint. */
  readonly path: string
  /** Percent-encoded, in the order of its names. */
  readonly query: string
  /** Beside the host; these are signed. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** How long the body of the answer may be. */
  readonly limit: BodyLimit
  /** Tells how much of the body of a success is needed. Default: all of it. */
  readonly beginning?: BodyBeginning | undefined
}

/** Signs and sends requests. Each call is one attempt. An answer that is no success rejects with a `ServiceFailure`. */
export interface SignedRequests {
  send(endpoint: Endpoint, request: UnsignedRequest, signal: AbortSignal | undefined): Promise<HttpAnswer>
  /** As `send`, but resolves with the head of the answer. */
  stream(endpoint: Endpoint, request: UnsignedRequest, signal: AbortSignal | undefined): Promise<HttpStream>
}

/** Identity and clock to sign with, and what counts the answers. */
type Signing = Pick<ServiceTarget, 'region' | 'credentials' | 'clockOffset' | 'counterOf'>

/**
 * Signs and sends requests without the SDK. Its middleware takes several times as long as the request itself (0.6 ms
 * warm, 1.5 ms in the first hundreds), has no DICOMweb, and passes on answers without their required members.
 */
export function createSignedRequests(signing: Signing, transport: HttpTransport): SignedRequests {
  const { credentials, clockOffset, counterOf } = signing
  const signer = createRequestSigner(signing)

  function signed(endpoint: Endpoint, request: UnsignedRequest, identity: AhiCredentials): HttpRequest {
    const { protocol, hostname, port, host } = endpoint
    const { method, query, body, limit, beginning } = request
    const path = `${endpoint.basePath}${request.path}`
    const date = new Date(Date.now() + clockOffset.ms)
    const toSign = { method, path, query, headers: { host, ...request.headers }, body }
    const headers = signer.sign(toSign, identity, date)
    headers['user-agent'] = 'ahi-dicom'
    const target = { protocol, hostname, port, method, path: query === '' ? path : `${path}?${query}` }
    return { ...target, headers, body, limit, beginning }
  }

  function refusal(answer: HttpAnswer, identity: AhiCredentials): ServiceFailure {
    const failure = failureOfAnswer(answer)
    if (failure.credentialsExpired) credentials.discard(identity)
    return failure
  }

  return {
    send: async (endpoint, request, signal) => {
      const identity = await credentials.get(signal)
      const answer = await transport.send(signed(endpoint, request, identity), signal)
      if (answer.statusCode !== 200) throw refusal(answer, identity)
      checkOfAhi(answer)
      counterOf(request.operation).received(answer.body.byteLength)
      return answer
    },
    stream: async (endpoint, request, signal) => {
      const identity = await credentials.get(signal)
      const answer = await transport.stream(signed(endpoint, request, identity), signal)
      const isPage = answer.headers['content-type']?.startsWith('text/html') === true
      if (answer.statusCode === 200 && !isPage) {
        void answer.closed.then(() => counterOf(request.operation).received(answer.received))
        return answer
      }
      const { statusCode, headers } = answer
      const whole = { statusCode, headers, body: await errorBody(answer) }
      if (statusCode === 200) checkOfAhi(whole)
      throw refusal(whole, identity)
    },
  }
}

/** Where requests go. */
export interface Endpoint {
  readonly protocol: string
  readonly hostname: string
  readonly port: number | undefined
  /** As the header has it. */
  readonly host: string
  readonly basePath: string
}

/** Returns the endpoint of a URL. */
export function endpointOf({ protocol, hostname, port, host, pathname }: URL): Endpoint {
  const basePath = pathname.replace(/\/$/, '')
  return { protocol, hostname, port: port === '' ? undefined : Number(port), host, basePath }
}

/** The status of an error tells more than the end of its body, so a body that breaks off is good enough. */
async function errorBody({ body }: HttpStream): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let byteLength = 0
  try {
    for await (const chunk of body) {
      chunks.push(chunk)
      byteLength += chunk.length
      if (byteLength > longestErrorByteLength) break
    }
  } catch (error) {
    if (!(error instanceof ServiceFailure)) throw error
  }
  return Uint8Array.from(Buffer.concat(chunks))
}
