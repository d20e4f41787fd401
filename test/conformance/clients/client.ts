import type { JsonObject } from '../json.ts'

/** Clients of AWS. */
export const CLIENTS = ['aws-cli', 'boto3', 'javascript'] as const

/** One of them. */
export type ClientName = (typeof CLIENTS)[number]

/** An error as a client tells it. */
export interface ClientError {
  readonly code: string
  readonly message: string
  /** The AWS CLI does not tell. */
  readonly statusCode?: number | undefined
}

/** Result of a request. */
export interface Outcome {
  /** As the client parsed it: times as epoch seconds, blobs as base64. */
  readonly output?: JsonObject | undefined
  readonly error?: ClientError | undefined
  /** The JSON as it was sent, where the client lets it be seen. */
  readonly body?: unknown
}

/** A client that was not written for this project, with all of its operations. */
export interface AwsClient extends AsyncDisposable {
  readonly name: ClientName
  /** Sends a request; members are named as in the model, times are epoch seconds, blobs text. */
  send(operation: string, input: JsonObject): Promise<Outcome>
  /** All items of all pages, by the client's own paginator. */
  items(operation: string, input: JsonObject, pageSize: number): Promise<readonly unknown[]>
}

/** Where the service is. */
export interface Connection {
  /** `undefined`: AWS, with the credentials of the environment. */
  readonly endpoint: string | undefined
  readonly region: string
}
