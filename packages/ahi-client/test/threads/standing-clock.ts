import type { Clock } from '../../src/timing/clock.ts'

/** Returns a clock that never moves, and the end times of its waits. */
export function standingClock(now: number): { readonly clock: Clock; readonly ends: number[] } {
  const ends: number[] = []
  const wait = async (ms: number): Promise<void> => void ends.push(now + ms)
  return { clock: { now: () => now, random: () => 0.5, wait }, ends }
}
