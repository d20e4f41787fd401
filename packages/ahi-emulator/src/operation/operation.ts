import type { IncomingHttpHeaders } from 'node:http'
import type { DecoderPool } from '@ahi-dicom/htj2k-decoder'
import type { S3Options } from '../files/s3-folder.ts'
import type { Store } from '../store/store.ts'
import type { WriteQueue } from '../store/write-queue.ts'
import type { RequestMemory } from './byte-budget.ts'

/** A request, taken apart for its operation. */
export interface OperationRequest {
  /** Parameters of the path, decoded. */
  readonly parameters: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** Empty where the operation takes it as a file. */
  readonly body: Uint8Array
  /** The path of the file, which goes when the request is answered. */
  readonly bodyFile: string | undefined
  /** Of the server, at which the request came in. */
  readonly port: number | undefined
}

/** What an operation answers: a JSON document, bytes of some media type, or a stream of them. */
export type OperationResponse =
  | { readonly json: unknown }
  | {
      readonly bytes: Uint8Array
      readonly contentType: string
      readonly contentEncoding?: 'gzip'
      /** Default: 200. */
      readonly statusCode?: number
      /** Called when the bytes are sent, or the connection is gone. */
      readonly release?: () => void
    }
  | {
      /** Taken no faster than the client takes it. Where it throws, the connection is cut. */
      readonly stream: AsyncIterable<Uint8Array>
      readonly contentType: string
      /** Of the whole stream, where it is known. */
      readonly byteLength?: number | undefined
    }

/** What operations work on. */
export interface OperationContext {
  readonly store: Store
  /** What decodes frames for answers in another transfer syntax than the stored one. */
  readonly decoder: Pick<DecoderPool, 'decode' | 'recycle'>
  /** For decoded frames that are large. What a request has taken is given back when it is answered. */
  readonly memory: RequestMemory
  /** In which everything that changes the store takes its turn. */
  readonly writes: WriteQueue
  /** Where `s3://` leads; undefined where it leads nowhere. */
  readonly s3: S3Options | undefined
  readonly accountId: string
  readonly region: string
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** One operation of the API: where it is, and what it does. */
export interface Operation {
  /** The name of the API's model. */
  readonly name: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** With `{parameters}` as whole segments. */
  readonly path: string
  /** Takes its body as a file, of so many bytes at most. Default: in memory, 1 MiB. */
  readonly largestBodyFile?: number
  /** @throws {ServiceError} for every answer that is no success */
  run(request: OperationRequest, context: OperationContext): OperationResponse | Promise<OperationResponse>
}
