/** Counts the associations that all lanes of a job have open. */
export interface OpenCount {
  add(difference: 1 | -1): void
  total(): number
}

/** Makes memory for a count that all threads see. */
export function createCountMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
}

/** Makes the count over its memory. */
export function createOpenCount(memory: SharedArrayBuffer): OpenCount {
  const counts = new Int32Array(memory)
  return {
    add: (difference) => void Atomics.add(counts, 0, difference),
    total: () => Atomics.load(counts, 0),
  }
}
