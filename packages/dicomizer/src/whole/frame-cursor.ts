import { startTimer } from '@ahi-dicom/runtime'

/** An item of a sequence. */
interface InRow {
  readonly index: number
  readonly isLast: boolean
}

/** Reads items of a sequence that can only be read forwards. */
export interface FrameCursor<T> {
  /**
   * Returns the item with this index. Reading continues if it is the next one, and else starts again. One read at a
   * time.
   */
  read(index: number, signal: AbortSignal | undefined): Promise<T>
}

/** Opens the sequence at an index. Yields nothing if the index is too high. */
export type OpenRow<T> = (from: number, signal: AbortSignal) => AsyncGenerator<T, void, undefined>

interface Way<T> {
  readonly row: AsyncGenerator<T, void, undefined>
  readonly next: number
  readonly stop: AbortController
}

/** An open sequence holds a connection. A caller that reads frame after frame asks for the next one sooner. */
const idleMs = 5000

/** Returns a cursor. `missing` makes the error for an item that does not exist. */
export function createFrameCursor<T extends InRow>(
  open: OpenRow<T>,
  missing: (index: number) => Error,
): FrameCursor<T> {
  let way: Way<T> | undefined
  let turn: Promise<unknown> = Promise.resolve()
  let stopIdle: (() => void) | undefined

  async function leave(): Promise<void> {
    const left = way
    way = undefined
    stopIdle?.()
    left?.stop.abort()
    // Errors after this point concern bytes that are no longer needed.
    await left?.row.return().catch(() => {})
  }

  async function readNow(index: number, signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted()
    stopIdle?.()
    if (way?.next !== index) {
      await leave()
      const stop = new AbortController()
      way = { row: open(index, stop.signal), next: index, stop }
    }
    const { row, stop } = way
    const abort = (): void => stop.abort(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    try {
      const { value, done } = await row.next()
      signal?.throwIfAborted()
      if (done === true || value.index !== index) throw missing(index)
      way = { row, next: index + 1, stop }
      if (value.isLast) await leave()
      else stopIdle = startTimer(() => void leave(), idleMs)
      return value
    } catch (error) {
      await leave()
      throw error
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  return {
    read(index, signal) {
      const read = turn.then(() => readNow(index, signal))
      turn = read.catch(() => {})
      return read
    },
  }
}
