import { hostname } from 'node:os'
import type { WorkerStore } from '../worker-state/worker-store.ts'
import type { Tally } from './tally.ts'
import { pause, untilAborted } from './until-aborted.ts'

/** The work of a worker at the moment. */
export interface Occupation {
  runId: string | undefined
  active: number
}

/** Between two states of a worker, in milliseconds. */
const tellMs = 2000

/** A worker that was not seen for so long is gone, in milliseconds. */
const expiryMs = 15_000

/** Longest time that the end of a worker waits for Redis, in milliseconds. */
const partingMs = 2000

/** Options of {@link tellPresence}. */
export interface PresenceOptions {
  readonly workers: WorkerStore
  readonly name: string
  readonly tally: Tally
  readonly occupation: Occupation
  readonly signal: AbortSignal
}

/** Tells others of this worker until the signal aborts, and then takes it away. */
export async function tellPresence({ workers, name, tally, occupation, signal }: PresenceOptions): Promise<void> {
  const startedAt = new Date()
  const self = { name, hostname: hostname(), pid: process.pid, startedAt }
  while (!signal.aborted) {
    const state = { ...self, ...occupation, ...tally.rates(), seenAt: new Date() }
    // Without Redis nobody can be told. It is told again when Redis is back.
    await untilAborted(workers.write(state, expiryMs), signal).catch(() => undefined)
    await pause(tellMs, signal)
  }
  await untilAborted(workers.remove(name), AbortSignal.timeout(partingMs)).catch(() => undefined)
}
