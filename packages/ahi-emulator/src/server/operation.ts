import type { Store } from '../store/store.ts'

/** A request, taken apart for its operation. */
interface OperationRequest {
  /** Parameters of the path, decoded. */
  readonly parameters: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: Uint8Array
}

/** What an operation answers: a JSON document, or bytes of some media type. */
export type OperationResponse =
  | { readonly json: unknown }
  | {
      readonly bytes: Uint8Array
      readonly contentType: string
      readonly contentEncoding?: 'gzip'
      /** Called when the bytes are sent, or the connection is gone. */
      readonly release?: () => void
    }

/** What operations work on. */
export interface OperationContext {
  readonly store: Store
  readonly accountId: string
  readonly region: string
}

/** One operation of the API: where it is, and what it does. */
export interface Operation {
  /** The name of the API's model. */
  readonly name: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** With `{parameters}` as whole segments. */
  readonly path: string
  /** @throws {ServiceError} for every answer that is no success */
  run(request: OperationRequest, context: OperationContext): OperationResponse | Promise<OperationResponse>
}
