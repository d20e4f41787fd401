import { hostname } from 'node:os'
import type { WorkerStore } from '../worker-state/worker-store.ts'
import type { Tally } from './tally.ts'
import { pause, untilAborted } from './until-aborted.ts'

/** The current work of a worker. */
export interface Occupation {
  runId: string | undefined
  active: number
}

/** Milliseconds between two reports of a worker. */
const tellMs = 2000

/** A worker counts as gone after this many milliseconds without a report. */
const expiryMs = 15_000

/** Milliseconds that an ending worker waits for Redis at most. */
const partingMs = 2000

/** Options of {@link tellPresence}. */
export interface PresenceOptions {
  readonly workers: WorkerStore
  readonly name: string
  readonly tally: Tally
  readonly occupation: Occupation
  readonly signal: AbortSignal
}

/** Reports the worker's state to Redis every two seconds until the signal aborts, and then removes it. */
export async function tellPresence({ workers, name, tally, occupation, signal }: PresenceOptions): Promise<void> {
  const startedAt = new Date()
  const self = { name, hostname: hostname(), pid: process.pid, startedAt }
  while (!signal.aborted) {
    const state = { ...self, ...occupation, ...tally.rates(), seenAt: new Date() }
    // A report that fails is left out. The next one is written when Redis is back.
    await untilAborted(workers.write(state, expiryMs), signal).catch(() => undefined)
    await pause(tellMs, signal)
  }
  await untilAborted(workers.remove(name), AbortSignal.timeout(partingMs)).catch(() => undefined)
}
