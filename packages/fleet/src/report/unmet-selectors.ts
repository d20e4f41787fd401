import type { ErrorEntry } from '@ahi-dicom/export-files'
import { NothingSelectedError, parseSelector, SelectorError } from '@ahi-dicom/exporter'
import type { FleetContext } from '../fleet-context.ts'
import type { Run } from '../model/run.ts'
import type { AskRedis } from '../redis/ask-redis.ts'
import { readUnmet } from '../run/selector-notes.ts'

/** Yields an entry for each selector that selected no instance. */
export async function* unmetSelectors(
  { redis, keys }: FleetContext,
  run: Run,
  ask: AskRedis,
): AsyncGenerator<ErrorEntry> {
  const { datastoreId } = run
  for await (const text of readUnmet(redis.client, keys, { runId: run.id, ask })) {
    const uids = uidsOf(text)
    if (uids === undefined) continue
    const { code, message } = new NothingSelectedError(datastoreId, text, { leftOut: 0, nonPrimary: 'include' })
    yield { datastoreId, ...uids, code, message, retryable: false }
  }
}

/** Returns the UIDs of a selector. Returns `undefined` for texts that a fleet never writes, such as image set ids. */
function uidsOf(
  text: string,
): Pick<ErrorEntry, 'studyInstanceUid' | 'seriesInstanceUid' | 'sopInstanceUid'> | undefined {
  try {
    const selector = parseSelector(text)
    return 'imageSetId' in selector ? undefined : selector
  } catch (error) {
    if (error instanceof SelectorError) return undefined
    throw error
  }
}
