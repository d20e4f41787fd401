import type { Clock } from '../../src/timing/clock.ts'

/** A clock that stands still, and the times at which its waits would end. */
export function standingClock(now: number): { readonly clock: Clock; readonly ends: number[] } {
  const ends: number[] = []
  const wait = async (ms: number): Promise<void> => void ends.push(now + ms)
  return { clock: { now: () => now, random: () => 0.5, wait }, ends }
}
