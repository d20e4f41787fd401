/** How a lane ends, or stops for ever. */
export interface LaneFault {
  /**
   * `exit`: the thread ends. `throw`: an error that nobody catches ends it. `loop`, `block`: the thread does nothing else any more, busy or asleep.
   * `stall`: what was asked for never comes.
   */
  readonly kind: 'exit' | 'throw' | 'loop' | 'block' | 'stall'
  /** How often it happens, counted in memory that outlives the thread. Default: always. */
  readonly left?: SharedArrayBuffer | undefined
}

/** Makes the memory of a count. */
export function counter(value = 0): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(4)
  new Int32Array(memory)[0] = value
  return memory
}

/** Adds to a count. Returns what it is then. */
export function add(memory: SharedArrayBuffer, value: number): number {
  const cell = new Int32Array(memory)
  const before = Atomics.add(cell, 0, value)
  Atomics.notify(cell, 0)
  return before + value
}

/** Resolves once a count is another one. */
export async function countChanged(memory: SharedArrayBuffer): Promise<void> {
  const cell = new Int32Array(memory)
  await Atomics.waitAsync(cell, 0, countOf(memory)).value
}

/** Returns what a count is. */
export function countOf(memory: SharedArrayBuffer): number {
  return Atomics.load(new Int32Array(memory), 0)
}

/** Commits a fault. Resolves if it has happened often enough. */
export async function commit({ kind, left }: LaneFault): Promise<void> {
  commitNow({ kind, left })
  if (kind !== 'stall' && kind !== 'throw') return
  if (left !== undefined && add(left, -1) < 0) return
  if (kind === 'throw') {
    setImmediate(() => {
      throw new Error('Nobody catches this')
    })
  }
  await new Promise(() => {})
}

/** Commits a fault that needs no event loop; does nothing for another. */
export function commitNow({ kind, left }: LaneFault): void {
  if (kind === 'stall' || kind === 'throw') return
  if (left !== undefined && add(left, -1) < 0) return
  if (kind === 'exit') process.exit()
  if (kind === 'block') Atomics.wait(new Int32Array(counter()), 0, 0)
  for (;;);
}
