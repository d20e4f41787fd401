/**
 * Runs what writes to the store one after the other: what is found there when one begins stays so to its end, but for
 * what it changes itself.
 */
export interface WriteQueue {
  /** Rejects without running where the queue is closed before its turn. */
  run<Result>(task: () => Promise<Result>): Promise<Result>
  /** Lets the task that is under way end, and none begin. */
  close(): Promise<void>
}

/** Thrown for what did not get its turn before the emulator was closed. */
export class EmulatorClosedError extends Error {
  override readonly name = 'EmulatorClosedError'
  readonly code = 'EMULATOR_CLOSED'

  constructor() {
    super('Cannot write to the data folder: the emulator was closed meanwhile; start it again')
  }
}

/** Makes an empty queue. */
export function createWriteQueue(): WriteQueue {
  let last: Promise<unknown> = Promise.resolve()
  let isClosed = false
  return {
    run(task) {
      const turn = last.then(() => {
        if (isClosed) throw new EmulatorClosedError()
        return task()
      })
      last = turn.catch(() => undefined)
      return turn
    },
    async close() {
      isClosed = true
      await last
    },
  }
}
