import type { IncomingHttpHeaders } from 'node:http'

/** A request as it came, for what looks at it before an operation does. */
export interface ReceivedRequest {
  /** Of the API, such as `GetImageFrame`. */
  readonly operation: string
  readonly method: string
  /** As sent: percent-encoded, without its query. */
  readonly path: string
  /** As sent, without the question mark. */
  readonly query: string
  readonly headers: IncomingHttpHeaders
  /** Empty where it is in a file. */
  readonly body: Uint8Array
  /** Of a body that is in a file, in hexadecimal digits. */
  readonly bodySha256?: string | undefined
}
