import { parentPort, workerData } from 'node:worker_threads'

import { createPace } from '../../src/timing/pace.ts'
import { standingClock } from './standing-clock.ts'

/** What the thread is to do. */
export interface Pacing {
  readonly memory: SharedArrayBuffer
  readonly now: number
  /** Turns to take, after a throttle of what was asked for at 0. Infinity: until the thread is ended. */
  readonly turns: number
}

const { memory, now, turns }: Pacing = workerData
const { clock, ends } = standingClock(now)
const pace = createPace({ clock, memory })
parentPort?.once('message', () => {
  pace.throttled(0, 0)
  for (let turn = 0; turn < turns; turn += 1) void pace.turn(undefined)
  parentPort?.postMessage(ends, [])
})
parentPort?.postMessage('ready', [])
