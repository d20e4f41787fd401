import { formatSelector, type StudySelector } from '@ahi-dicom/exporter'
import type { Redis } from 'ioredis'
import type { FleetKeys } from '../keys/fleet-keys.ts'
import type { AskRedis } from '../redis/ask-redis.ts'

const met = '1'

/** Stores the selectors of a submission as not met. Selectors that are already stored keep their value. */
export async function noteAsked(
  client: Redis,
  keys: FleetKeys,
  { runId, texts }: { readonly runId: string; readonly texts: readonly string[] },
): Promise<void> {
  const pipeline = client.pipeline()
  for (const text of texts) pipeline.hsetnx(keys.selectors(runId), text, '')
  for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error
}

/** Stores that selectors have selected instances. */
export async function noteMet(
  client: Redis,
  keys: FleetKeys,
  { runId, selectors }: { readonly runId: string; readonly selectors: readonly StudySelector[] },
): Promise<void> {
  if (selectors.length === 0) return
  await client.hset(keys.selectors(runId), Object.fromEntries(selectors.map((one) => [formatSelector(one), met])))
}

/** Yields each selector that has selected no instance so far. A selector may be yielded twice (see Redis's `SCAN`). */
export async function* readUnmet(
  client: Redis,
  keys: FleetKeys,
  { runId, ask }: { readonly runId: string; readonly ask: AskRedis },
): AsyncGenerator<string> {
  let cursor = '0'
  do {
    const from = cursor
    const [next, members] = await ask(async () => client.hscan(keys.selectors(runId), from))
    cursor = next
    for (let index = 0; index + 1 < members.length; index += 2) {
      const text = members[index]
      if (text !== undefined && members[index + 1] !== met) yield text
    }
  } while (cursor !== '0')
}
