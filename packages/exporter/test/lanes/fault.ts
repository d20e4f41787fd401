/** How a lane crashes or hangs. */
export interface LaneFault {
  /**
   * `exit`: the thread ends. `throw`: an uncaught error ends it. `loop`, `block`: the thread hangs, busy or asleep.
   * `stall`: a promise never settles.
   */
  readonly kind: 'exit' | 'throw' | 'loop' | 'block' | 'stall'
  /** How often it happens, counted in memory that outlives the thread. Default: always. */
  readonly left?: SharedArrayBuffer | undefined
}

/** Creates a counter in shared memory. */
export function counter(value = 0): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(4)
  new Int32Array(memory)[0] = value
  return memory
}

/** Adds to a counter and returns its new value. */
export function add(memory: SharedArrayBuffer, value: number): number {
  const cell = new Int32Array(memory)
  const before = Atomics.add(cell, 0, value)
  Atomics.notify(cell, 0)
  return before + value
}

/** Resolves once a counter has changed. */
export async function countChanged(memory: SharedArrayBuffer): Promise<void> {
  const cell = new Int32Array(memory)
  await Atomics.waitAsync(cell, 0, countOf(memory)).value
}

/** Returns the value of a counter. */
export function countOf(memory: SharedArrayBuffer): number {
  return Atomics.load(new Int32Array(memory), 0)
}

/** Causes a fault. Resolves without one if it has happened often enough. */
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

/** Causes a fault that needs no event loop. Does nothing for other faults. */
export function commitNow({ kind, left }: LaneFault): void {
  if (kind === 'stall' || kind === 'throw') return
  if (left !== undefined && add(left, -1) < 0) return
  if (kind === 'exit') process.exit()
  if (kind === 'block') Atomics.wait(new Int32Array(counter()), 0, 0)
  for (;;);
}
