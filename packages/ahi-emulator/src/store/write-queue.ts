/** Runs tasks that write to the store one after the other. During a task, nothing else changes the store. */
export interface WriteQueue {
  /** Runs a task in its turn. Rejects without running it if the queue is closed before. */
  run<Result>(task: () => Promise<Result>): Promise<Result>
  /** Waits for the running task. No other task begins. */
  close(): Promise<void>
}

/** Thrown for a task whose turn did not come before the emulator was closed. */
export class EmulatorClosedError extends Error {
  override readonly name = 'EmulatorClosedError'
  readonly code = 'EMULATOR_CLOSED'

  constructor() {
    super('Cannot write to the data folder: the emulator was closed; start it again')
  }
}

/** Creates an empty queue. */
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
