/**
 * Percent-encodes all characters except the unreserved ones of RFC 3986, as AWS signatures require.
 *
 * @example
 * import { encodeUri } from '@ahi-dicom/ahi-client/http'
 *
 * console.log(encodeUri('a b/c*')) // a%20b%2Fc%2A
 */
export function encodeUri(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
