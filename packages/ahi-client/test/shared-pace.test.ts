import { describe, expect, test } from 'vitest'

import { systemClock } from '../src/timing/clock.ts'
import { createPace, paceByteLength } from '../src/timing/pace.ts'
import type { Pacing } from './threads/pacing.ts'
import { standingClock } from './threads/standing-clock.ts'
import { messageOf, startThread } from './threads/thread.ts'

const now = 1_000_000

const quota = { rate: 100, burst: 100 }

describe('a pace that two threads share', () => {
  test('gives each turn to one thread', async () => {
    const work: Pacing = { memory: new SharedArrayBuffer(paceByteLength), now, quota, turns: 2500 }
    const threads = [startThread('pacing.ts', work), startThread('pacing.ts', work)]
    await Promise.all(threads.map(messageOf))
    for (const thread of threads) thread.postMessage('go', [])
    const ends = (await Promise.all(threads.map(messageOf))).flat().map(Number)
    await Promise.all(threads.map((thread) => thread.terminate()))
    // The first 95 are the burst.
    const sorted = ends.toSorted((a, b) => a - b)
    expect(sorted).toHaveLength(5000 - 95)
    for (const [index, end] of sorted.entries()) expect(end).toBeCloseTo(now + (index + 1) * 10, -1)
    expect(new Set(sorted.map((end) => Math.round(end))).size).toBe(5000 - 95)
  })

  test('is lowered by the throttles of both', async () => {
    const memory = new SharedArrayBuffer(paceByteLength)
    const { clock, ends } = standingClock(now)
    const [one, other] = [createPace({ clock, quota, memory }), createPace({ clock, quota, memory })]
    for (let turn = 0; turn < 20; turn += 1) void one.turn(undefined)
    for (let throttle = 0; throttle < 8; throttle += 1) {
      one.throttled(now)
      other.throttled(now)
    }
    await one.turn(undefined)
    // All sixteen were throttled: one request in two seconds, after a rest.
    expect(ends).toEqual([now + 200])
    await other.turn(undefined)
    expect(ends).toEqual([now + 200, now + 2200])
  })

  test('pauses both threads if the service asks one to wait', async () => {
    const memory = new SharedArrayBuffer(paceByteLength)
    const { clock, ends } = standingClock(now)
    const other = createPace({ clock, quota, memory })
    createPace({ clock: standingClock(now).clock, quota, memory }).pause(5000)
    await other.turn(undefined)
    expect(ends).toEqual([now + 5000])
  })

  test('still gives turns after threads are killed at any moment', async () => {
    const memory = new SharedArrayBuffer(paceByteLength)
    for (let killed = 0; killed < 5; killed += 1) {
      const thread = startThread('pacing.ts', { memory, now, quota, turns: Infinity } satisfies Pacing)
      await messageOf(thread)
      thread.postMessage('go', [])
      await systemClock.wait(10)
      await thread.terminate()
    }
    const { clock, ends } = standingClock(now)
    const pace = createPace({ clock, quota, memory })
    for (let turn = 0; turn < 10; turn += 1) await pace.turn(undefined)
    expect(ends).toHaveLength(10)
  })
})
