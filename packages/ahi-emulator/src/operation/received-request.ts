import type { IncomingHttpHeaders } from 'node:http'

/** A chunk of an `aws-chunked` body. */
export interface PayloadChunk {
  /** SHA-256 of the chunk's data, in hexadecimal digits. */
  readonly sha256: string
  /** 64 lower-case hexadecimal digits, or `undefined` if the chunk is not signed. */
  readonly signature: string | undefined
}

/** The signed parts of an `aws-chunked` body. */
export interface ChunkedPayload {
  /** The last chunk is empty. */
  readonly chunks: readonly PayloadChunk[]
  /** In the order received, by lower-case name. */
  readonly trailers?: ReadonlyMap<string, string>
}

/** A request as it was received, before it is parsed for its operation. */
export interface ReceivedRequest {
  /** Operation name from the API, such as `GetImageFrame`. */
  readonly operation: string
  readonly method: string
  /** As sent: percent-encoded, without the query string. */
  readonly path: string
  /** Query string as sent, without the question mark. */
  readonly query: string
  readonly headers: IncomingHttpHeaders
  /** Empty if the body is in a file. */
  readonly body: Uint8Array
  /** SHA-256 of a body in a file, in hexadecimal digits. */
  readonly bodySha256?: string | undefined
  /** Chunks and trailers of an `aws-chunked` body. */
  readonly payload?: ChunkedPayload | undefined
}
