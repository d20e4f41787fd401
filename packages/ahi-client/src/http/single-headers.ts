import type http from 'node:http'

/**
 * Returns the headers of an answer, with the first value of each name.
 *
 * @example
 * import { once } from 'node:events'
 * import { http, singleHeaders } from '@ahi-dicom/ahi-client/http'
 *
 * const [answer] = await once(http.get('http://pacs.example'), 'response')
 * console.log(singleHeaders(answer)['content-type'])
 * answer.resume()
 */
export function singleHeaders({ headers }: http.IncomingMessage): Record<string, string | undefined> {
  const single: Record<string, string | undefined> = {}
  for (const name in headers) {
    const value = headers[name]
    single[name] = Array.isArray(value) ? value[0] : value
  }
  return single
}

/** Returns the Content-Length of an answer. `undefined` if the answer has no such header. */
export function declaredLength({
  headers,
}: {
  readonly headers: { readonly 'content-length'?: string | undefined }
}): number | undefined {
  const declared = headers['content-length']
  return declared === undefined ? undefined : Number(declared)
}
