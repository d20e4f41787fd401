import { type Operation, operations } from '../errors/operations.ts'
import { documentedQuotas } from '../model/documented-quotas.ts'
import type { Clock } from './clock.ts'
import type { RequestCounter } from './request-counts.ts'
import { createPace, type Pace, paceByteLength } from './pace.ts'

/** Creates shared memory for the paces of all operations. */
export function createPaceMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(operations.length * paceByteLength)
}

/** Most requests per second by operation. */
export type MaxRates = Readonly<Partial<Record<Operation, number>>>

/** Options of {@link createPaces}. */
interface PacesOptions {
  readonly clock: Clock
  readonly memory: SharedArrayBuffer
  readonly maxRates: MaxRates
  /** Returns the counter that records the waits of an operation. */
  readonly counterOf: (operation: Operation) => RequestCounter
}

/** Returns a function that gives the pace of an operation, kept in `memory`. */
export function createPaces({ clock, memory, maxRates, counterOf }: PacesOptions): (operation: Operation) => Pace {
  const paces = new Map<Operation, Pace>()
  return (operation) => {
    const known = paces.get(operation)
    if (known !== undefined) return known
    const byteOffset = operations.indexOf(operation) * paceByteLength
    const counter = counterOf(operation)
    const pace = createPace({
      clock,
      quota: documentedQuotas[operation],
      maxRate: maxRates[operation],
      memory,
      byteOffset,
      onWait: (now, ms) => counter.waitsForTurn(now, ms),
    })
    paces.set(operation, pace)
    return pace
  }
}
