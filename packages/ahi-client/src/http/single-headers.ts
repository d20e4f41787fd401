import type http from 'node:http'

/** The headers of an answer, the first of each name. */
export function singleHeaders({ headers }: http.IncomingMessage): Record<string, string | undefined> {
  const single: Record<string, string | undefined> = {}
  for (const name in headers) {
    const value = headers[name]
    single[name] = Array.isArray(value) ? value[0] : value
  }
  return single
}

/** The Content-Length of an answer, if it has one. */
export function declaredLength({
  headers,
}: {
  readonly headers: { readonly 'content-length'?: string | undefined }
}): number | undefined {
  const declared = headers['content-length']
  return declared === undefined ? undefined : Number(declared)
}
