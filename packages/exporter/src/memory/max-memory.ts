import { totalmem } from 'node:os'

const mostByDefault = 2 ** 30

/** Returns the memory that an exporter takes by default: a quarter of the machine or of its container, 1 GiB at most. */
export function defaultMaxMemory(): number {
  // Node.js says 0, or more than the machine has, where nothing is constrained.
  const constrained = process.constrainedMemory()
  const machine = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
  return Math.min(Math.floor(machine / 4), mostByDefault)
}

/** Bytes of memory for each of the things that grow with what is exported. */
export interface MemoryShares {
  /** Frames that are fetched and decoded and not yet written. */
  readonly frames: number
  /** Metadata documents. */
  readonly documents: number
  /** What the record and the walk know of files and instances. */
  readonly record: number
}

/** Divides memory: half of it for frames, three eighths for documents, an eighth for the record. */
export function memoryShares(maxMemory: number): MemoryShares {
  const eighth = Math.max(1, Math.floor(maxMemory / 8))
  return { frames: 4 * eighth, documents: 3 * eighth, record: eighth }
}
