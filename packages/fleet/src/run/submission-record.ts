import type { ErrorEntry } from '@ahi-dicom/export-files'
import type { Redis } from 'ioredis'
import type { FleetKeys } from '../keys/fleet-keys.ts'
import type { AskRedis } from '../redis/ask-redis.ts'
import { membersOf, parseJson } from '../model/read-json.ts'

/** Entries per read. */
const pageSize = 1000

/**
 * Yields the failures of a run's last submission. Malformed entries are left out, and so are duplicates, which two submitters
 * at the same time can store.
 */
export async function* readSubmissionErrors(
  client: Redis,
  keys: FleetKeys,
  { runId, ask }: { readonly runId: string; readonly ask: AskRedis },
): AsyncGenerator<ErrorEntry, void, undefined> {
  const seen = new Set<string>()
  for (let start = 0; ; start += pageSize) {
    const texts = await ask(async () => client.lrange(keys.errors(runId), start, start + pageSize - 1))
    for (const text of texts) {
      const entry = seen.has(text) ? undefined : readEntry(text)
      if (seen.size < mostCompared) seen.add(text)
      if (entry !== undefined) yield entry
    }
    if (texts.length < pageSize) return
  }
}

/** Number of entries that are remembered to find duplicates. */
const mostCompared = 10_000

const optionalMembers = [
  'imageSetId',
  'studyInstanceUid',
  'seriesInstanceUid',
  'sopInstanceUid',
  'imageFrameId',
] as const

function readEntry(text: string): ErrorEntry | undefined {
  const members = membersOf(parseJson(text))
  const { datastoreId, code, message, retryable } = members
  if (typeof datastoreId !== 'string' || typeof code !== 'string' || typeof message !== 'string') return undefined
  const identifiers = optionalMembers.flatMap((name) => {
    const value = members[name]
    return typeof value === 'string' ? [[name, value] as const] : []
  })
  return { datastoreId, ...Object.fromEntries(identifiers), code, message, retryable: retryable === true }
}
