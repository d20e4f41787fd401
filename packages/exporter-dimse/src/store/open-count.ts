/** Counts the open associations of all lanes of a job. */
export interface OpenCount {
  add(difference: 1 | -1): void
  total(): number
}

/** Creates shared memory for the count. */
export function createCountMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
}

/** Creates the count over its memory. */
export function createOpenCount(memory: SharedArrayBuffer): OpenCount {
  const counts = new Int32Array(memory)
  return {
    add: (difference) => void Atomics.add(counts, 0, difference),
    total: () => Atomics.load(counts, 0),
  }
}
