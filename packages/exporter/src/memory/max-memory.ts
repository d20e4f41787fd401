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
  /** What the record knows of files. */
  readonly record: number
  /** What a walk and a sync know of instances and image sets. */
  readonly walk: number
}

/** Sets of a walk, and of a sync with it, that grow with the data store. */
const walkSets = 5

/** Returns what each set of a walk may take. */
export function setMemory({ walk }: Pick<MemoryShares, 'walk'>): number {
  return walk / walkSets
}

/** Divides memory: half of it for frames, three eighths for documents, an eighth for record and walk. */
export function memoryShares(maxMemory: number): MemoryShares {
  const eighth = Math.max(1, Math.floor(maxMemory / 8))
  const walk = Math.floor(eighth / 4)
  return { frames: 4 * eighth, documents: 3 * eighth, record: eighth - walk, walk }
}
