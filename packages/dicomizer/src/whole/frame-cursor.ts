import { startTimer } from '@ahi-dicom/runtime'

/** Something that is one of several in a row. */
interface InRow {
  readonly index: number
  readonly isLast: boolean
}

/** Reads the things of a row that can only be gone through from an end to the other. */
export interface FrameCursor<T> {
  /** Gives one. The one after the last that was read goes on from there; any other begins anew. One at a time. */
  read(index: number, signal: AbortSignal | undefined): Promise<T>
}

/** Opens a row at a place; ends without giving anything where there is no such place. */
export type OpenRow<T> = (from: number, signal: AbortSignal) => AsyncGenerator<T, void, undefined>

interface Way<T> {
  readonly row: AsyncGenerator<T, void, undefined>
  readonly next: number
  readonly stop: AbortController
}

/** An open row holds a connection; who reads frames in a row asks for the next sooner. */
const idleMs = 5000

/** Makes a cursor. `missing` is thrown for what is not there. */
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
    // What fails now is about bytes that nobody wants any more.
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
