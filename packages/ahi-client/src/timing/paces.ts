import { type Operation, operations } from '../errors/subject.ts'
import type { Clock } from './clock.ts'
import { createPace, type Pace, paceByteLength } from './pace.ts'

/** Makes the memory of the paces of all operations, to be shared by threads. */
export function createPaceMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(operations.length * paceByteLength)
}

/** Returns the paces over `memory`, one for each operation. */
export function createPaces(clock: Clock, memory: SharedArrayBuffer): (operation: Operation) => Pace {
  const paces = new Map<Operation, Pace>()
  return (operation) => {
    const known = paces.get(operation)
    if (known !== undefined) return known
    const pace = createPace(clock, memory, operations.indexOf(operation) * paceByteLength)
    paces.set(operation, pace)
    return pace
  }
}
