/** Percent-encodes all characters except the unreserved ones of RFC 3986, as AWS signatures require. */
export function encodeUri(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
