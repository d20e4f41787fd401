import { encodeUri } from './encode-uri.ts'

/** A request as the AWS SDK gives it to its handler, as far as transports need it. */
export interface SdkRequest<Body> {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string | readonly string[] | null>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Body
}

/** Returns path and query of a request of the SDK, as they are sent. */
export function targetOf({ path, query }: Pick<SdkRequest<unknown>, 'path' | 'query'>): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => `${encodeUri(name)}=${encodeUri(one ?? '')}`),
  )
  return parts.length === 0 ? path : `${path}?${parts.join('&')}`
}
