import type { IncomingHttpHeaders } from 'node:http'
import type { DecoderPool } from '@ahi-dicom/htj2k-decoder'
import type { S3Options } from '../files/s3-folder.ts'
import type { Store } from '../store/store.ts'
import type { WriteQueue } from '../store/write-queue.ts'
import type { RequestMemory } from './byte-budget.ts'

/** A parsed request. */
export interface OperationRequest {
  /** Path parameters, decoded. */
  readonly parameters: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** Empty if the operation takes the body as a file. */
  readonly body: Uint8Array
  /** Path of the file with the body. It is removed when the request is answered. */
  readonly bodyFile: string | undefined
  /** Port of the server that received the request. */
  readonly port: number | undefined
}

/** The answer of an operation: JSON, bytes, or a stream of bytes. */
export type OperationResponse =
  | { readonly json: unknown }
  | {
      readonly bytes: Uint8Array
      readonly contentType: string
      readonly contentEncoding?: 'gzip'
      /** Default: 200. */
      readonly statusCode?: number
      /** Called when the bytes are sent or the connection has ended. */
      readonly release?: () => void
    }
  | {
      /** Read at the client's pace. If it throws, the connection is ended without the rest. */
      readonly stream: AsyncIterable<Uint8Array>
      readonly contentType: string
      /** Length of the whole stream, if known. */
      readonly byteLength?: number | undefined
    }

/** The store and the other resources that operations use. */
export interface OperationContext {
  readonly store: Store
  /** Decodes frames for answers whose transfer syntax differs from the stored one. */
  readonly decoder: Pick<DecoderPool, 'decode' | 'recycle'>
  /** Memory for large decoded frames. It is given back when the request is answered. */
  readonly memory: RequestMemory
  /** Queue of imports and modifications, which change the store one after the other. */
  readonly writes: WriteQueue
  /** S3 endpoint for `s3://` URIs. `undefined` if the emulator has none. */
  readonly s3: S3Options | undefined
  readonly accountId: string
  readonly region: string
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** One operation of the API, with its route. */
export interface Operation {
  /** Name in the API's model. */
  readonly name: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Path template. Each `{parameter}` is a whole segment. */
  readonly path: string
  /** If set, the body is stored in a file and may have this many bytes. Default: in memory, at most 1 MiB. */
  readonly largestBodyFile?: number
  /**
   * Runs the operation.
   * @throws {ServiceError} to answer with an error
   */
  run(request: OperationRequest, context: OperationContext): OperationResponse | Promise<OperationResponse>
}
