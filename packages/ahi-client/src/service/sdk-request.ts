import { encodeUri } from './encode-uri.ts'

/** A request of the AWS SDK to its handler, with the fields that transports need. */
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

/**
 * Returns the path and the query of an SDK request as they are sent.
 *
 * @example
 * import { targetOf } from '@ahi-dicom/ahi-client/http'
 *
 * console.log(targetOf({ path: '/datastore', query: { maxResults: '10' } })) // /datastore?maxResults=10
 */
export function targetOf({ path, query }: Pick<SdkRequest<unknown>, 'path' | 'query'>): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => `${encodeUri(name)}=${encodeUri(one ?? '')}`),
  )
  return parts.length === 0 ? path : `${path}?${parts.join('&')}`
}
