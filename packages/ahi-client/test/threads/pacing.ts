import { parentPort, workerData } from 'node:worker_threads'

import type { Quota } from '../../src/model/documented-quotas.ts'
import { createPace } from '../../src/timing/pace.ts'
import { standingClock } from './standing-clock.ts'

/** The task of the thread. */
export interface Pacing {
  readonly memory: SharedArrayBuffer
  readonly now: number
  readonly quota: Quota
  /** Number of turns to take. `Infinity` takes turns until the thread is terminated. */
  readonly turns: number
}

const { memory, now, quota, turns }: Pacing = workerData
const { clock, ends } = standingClock(now)
const pace = createPace({ clock, quota, memory })
parentPort?.once('message', async () => {
  for (let turn = 0; turn < turns; turn += 1) await pace.turn(undefined)
  parentPort?.postMessage(ends, [])
})
parentPort?.postMessage('ready', [])
