import type { Redis } from 'ioredis'
import { FleetError } from '../errors.ts'
import type { FleetKeys } from '../keys/fleet-keys.ts'

/** Sums over the completed jobs of a run. */
export interface RunCounts {
  readonly instances: number
  readonly frames: number
  readonly bytes: number
}

/** Adds the counts of a job to the sums of its run. */
export async function addRunCounts(client: Redis, keys: FleetKeys, runId: string, counts: RunCounts): Promise<void> {
  const key = keys.counts(runId)
  const pipeline = client.pipeline()
  pipeline.hincrby(key, 'instances', counts.instances)
  pipeline.hincrby(key, 'frames', counts.frames)
  pipeline.hincrby(key, 'bytes', counts.bytes)
  for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error
}

/**
 * Returns the sums of a run.
 * @throws {FleetError} `FLEET_RUN_MALFORMED`
 */
export async function readRunCounts(client: Redis, keys: FleetKeys, runId: string): Promise<RunCounts> {
  const [instances, frames, bytes] = await client.hmget(keys.counts(runId), 'instances', 'frames', 'bytes')
  const count = (text: string | null | undefined): number => {
    if (/^\d{1,16}$/.test(text ?? '0')) return Number(text ?? '0')
    throw new FleetError(
      'FLEET_RUN_MALFORMED',
      `Cannot read the counts of run ${runId}: they were not written by a fleet; find out what else writes to this Redis`,
      { runId },
    )
  }
  return { instances: count(instances), frames: count(frames), bytes: count(bytes) }
}
