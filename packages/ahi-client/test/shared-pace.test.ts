import { describe, expect, test } from 'vitest'

import { systemClock } from '../src/timing/clock.ts'
import { createPace, paceByteLength } from '../src/timing/pace.ts'
import type { Pacing } from './threads/pacing.ts'
import { standingClock } from './threads/standing-clock.ts'
import { messageOf, startThread } from './threads/thread.ts'

const now = 1_000_000

/** Memory in which 100 requests a second have started. */
function usedMemory(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(paceByteLength)
  const pace = createPace({ clock: standingClock(now - 1000).clock, memory })
  for (let start = 0; start < 100; start += 1) void pace.turn(undefined)
  void createPace({ clock: standingClock(now).clock, memory }).turn(undefined)
  return memory
}

describe('a pace that two threads share', () => {
  test('is cut once by their throttles and gives each turn to one of them', async () => {
    const work: Pacing = { memory: usedMemory(), now, turns: 5000 }
    const threads = [startThread('pacing.ts', work), startThread('pacing.ts', work)]
    await Promise.all(threads.map(messageOf))
    for (const thread of threads) thread.postMessage('go', [])
    const ends = (await Promise.all(threads.map(messageOf))).flat().map(Number)
    await Promise.all(threads.map((thread) => thread.terminate()))
    // 70 requests a second are left of 100. The first turn is at once.
    const spacingMs = 1000 / 70
    const sorted = ends.toSorted((a, b) => a - b)
    expect(sorted).toHaveLength(9999)
    for (const [index, end] of sorted.entries()) expect(end).toBeCloseTo(now + (index + 1) * spacingMs, -1)
    expect(new Set(sorted.map((end) => Math.round(end))).size).toBe(9999)
  })

  test('is slowed for one by what the other is told to wait', () => {
    const memory = new SharedArrayBuffer(paceByteLength)
    const { clock, ends } = standingClock(now)
    const other = createPace({ clock, memory })
    createPace({ clock: standingClock(now).clock, memory }).throttled(now, 5000)
    void other.turn(undefined)
    expect(ends).toEqual([now + 5000])
  })

  test('still gives turns when threads are killed at any moment', async () => {
    const memory = new SharedArrayBuffer(paceByteLength)
    for (let killed = 0; killed < 5; killed += 1) {
      const thread = startThread('pacing.ts', { memory, now, turns: Infinity } satisfies Pacing)
      await messageOf(thread)
      thread.postMessage('go', [])
      await systemClock.wait(10)
      await thread.terminate()
    }
    const { clock, ends } = standingClock(now)
    const pace = createPace({ clock, memory })
    for (let turn = 0; turn < 10; turn += 1) void pace.turn(undefined)
    expect(ends).toHaveLength(10)
  })
})
