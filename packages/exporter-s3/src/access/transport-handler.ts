import { Readable } from 'node:stream'
import { targetOf, type HttpRequest, type HttpTransport, type SdkRequest } from '@ahi-dicom/ahi-client/http'
import type { S3ClientConfig } from '@aws-sdk/client-s3'

/** The largest answers are lists of a thousand keys. Objects are streamed, so their size has no limit. */
const answerLimit = { byteLength: 2 ** 26 }
const objectLimit = { byteLength: Infinity }

/**
 * Returns a request handler that lets the SDK send its requests through `transport`, which applies the proxies, certificates
 * and open connections of this process.
 */
export function transportHandler(transport: HttpTransport): NonNullable<S3ClientConfig['requestHandler']> {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: SdkRequest<unknown>, options?: { readonly abortSignal?: unknown }) {
      const sent = requestOf(request)
      const signal = options?.abortSignal instanceof AbortSignal ? options.abortSignal : undefined
      if (request.method === 'GET') {
        const { body, ...head } = await transport.stream({ ...sent, limit: objectLimit }, signal)
        return {
          response: {
            ...head,
            headers: definedHeaders(head.headers),
            body: Readable.from(body, { objectMode: false }),
          },
        }
      }
      if (request.method === 'HEAD') {
        // Content-Length is the size of the object. The answer to HEAD has no body.
        const { body, ...head } = await transport.stream({ ...sent, limit: objectLimit }, signal)
        for await (const _ of body);
        return { response: { ...head, headers: definedHeaders(head.headers), body: new Uint8Array() } }
      }
      const { body, ...head } = await transport.send(sent, signal)
      // The SDK looks for errors in answers with status 200 only if the body is a stream.
      const content = body.byteLength === 0 ? body : Readable.from([body])
      return { response: { ...head, headers: definedHeaders(head.headers), body: content } }
    },
    destroy: () => transport.close(),
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  }
}

function definedHeaders(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(headers)
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

function requestOf(request: SdkRequest<unknown>): HttpRequest {
  const { protocol, hostname, port, method, headers, body } = request
  // The transport does not wait for `100 Continue`, and sets the length itself.
  const { expect: _, 'content-length': __, ...sent } = headers
  const bytes = typeof body === 'string' || body instanceof Uint8Array ? body : undefined
  if (body !== undefined && bytes === undefined) throw new TypeError('Expected the body of a request to S3 to be bytes')
  return {
    protocol,
    hostname,
    port,
    method,
    path: targetOf(request),
    headers: sent,
    body: bytes,
    limit: answerLimit,
  }
}
