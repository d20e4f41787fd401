import { totalmem } from 'node:os'

const mostByDefault = 2 ** 30

/**
 * Returns the default memory of an exporter in bytes: a quarter of the machine's or its container's, at most 1 GiB.
 */
export function defaultMaxMemory(): number {
  // Without a limit, Node.js returns 0 or more than the machine has.
  const constrained = process.constrainedMemory()
  const machine = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
  return Math.min(Math.floor(machine / 4), mostByDefault)
}

/** Memory for everything that grows with the export, in bytes. */
export interface MemoryShares {
  /** Frames fetched or decoded, and not written yet. */
  readonly frames: number
  /** Metadata documents. */
  readonly documents: number
  /** Files known to the record. */
  readonly record: number
  /** Instances and image sets known to a walk and a sync. */
  readonly walk: number
}

/** The number of sets in a walk and its sync that grow with the data store. */
const walkSets = 5

/** Returns the bytes for each set of a walk. */
export function setMemory({ walk }: Pick<MemoryShares, 'walk'>): number {
  return walk / walkSets
}

/** Divides the memory: a half for frames, three eighths for documents, one eighth for the record and the walk. */
export function memoryShares(maxMemory: number): MemoryShares {
  const eighth = Math.max(1, Math.floor(maxMemory / 8))
  const walk = Math.floor(eighth / 4)
  return { frames: 4 * eighth, documents: 3 * eighth, record: eighth - walk, walk }
}
