/** One HTTP answer of a server with its whole body. */
export interface ServerAnswer {
  readonly statusCode: number
  /** Headers by lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Uint8Array
}

/** The body of a request: parts in memory, or bytes that are generated while they are sent. */
export type RequestBody = readonly Uint8Array[] | AsyncIterable<Uint8Array>
