/** Percent-encodes all but the unreserved characters of RFC 3986, as AWS signatures want it. */
export function encodeUri(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
