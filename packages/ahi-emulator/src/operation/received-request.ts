import type { IncomingHttpHeaders } from 'node:http'

/** A chunk of a body of `aws-chunked` coding. */
export interface PayloadChunk {
  /** Of its data, in hexadecimal digits. */
  readonly sha256: string
  /** 64 hexadecimal digits in lower case; undefined for a chunk that is not signed. */
  readonly signature: string | undefined
}

/** What is signed of a body of `aws-chunked` coding. */
export interface ChunkedPayload {
  /** The last one is empty. */
  readonly chunks: readonly PayloadChunk[]
  /** By name in lower case, in their order. */
  readonly trailers?: ReadonlyMap<string, string>
}

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
  /** Of a body of `aws-chunked` coding. */
  readonly payload?: ChunkedPayload | undefined
}
