import { setTimeout as wait } from 'node:timers/promises'
import type { CheckedClient } from './checked-client.ts'
import type { ClientName } from './clients/client.ts'
import { textOf } from './json.ts'
import type { JsonObject } from './json.ts'
import type { Target } from './target.ts'

/** One client at work. */
export interface Session {
  readonly name: ClientName
  readonly client: CheckedClient
  readonly target: Target
  /** Tells requests of this run from others: client tokens and names. */
  readonly run: string
}

/** Longest that anything takes that goes on after its request. */
const PATIENCE_MS = 300_000

/** Asks until the answer is as wanted. */
export async function until(
  { client, target }: Session,
  request: { readonly operation: string; readonly input: JsonObject },
  isWanted: (output: JsonObject) => boolean,
): Promise<JsonObject> {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    const output = await client.succeed(request.operation, request.input)
    if (isWanted(output)) return output
    if (performance.now() > end) throw new Error(`${request.operation} does not change: ${JSON.stringify(output)}`)
    await wait(target.pollMs)
  }
}

/** The image sets of a session's patient, as SearchImageSets has them. */
export function imageSetsOf({ client, target }: Session, patientId: string): Promise<readonly unknown[]> {
  const filters = [{ operator: 'EQUAL', values: [{ DICOMPatientId: patientId }] }]
  return client.items('SearchImageSets', { datastoreId: target.datastoreId, searchCriteria: { filters } }, 50)
}

/** Where an image set is. */
export interface Place extends JsonObject {
  readonly datastoreId: string
  readonly imageSetId: string
}

/** Where an image set of an answer is. */
export function placeOf({ target }: Session, imageSet: unknown): Place {
  return { datastoreId: target.datastoreId, imageSetId: textOf(imageSet, 'imageSetId') }
}
