import type { Hash } from 'node:crypto'
import { printableJson } from '@ahi-dicom/ahi-metadata'
import type { RecordLog, RecordStore } from '../destination/record-store.ts'
import { readLines } from '../reading/read-lines.ts'

/** A file of JSON lines that is only appended to. */
export interface LineLog {
  /** Appends lines. Waiting calls share one write. If the write fails, the file has none of its lines. */
  add(entries: readonly object[]): Promise<void>
  /** Returns the size of the file in bytes. */
  byteLength(): number
  /** Makes all appended lines survive a power cut. */
  flush(): Promise<void>
  /** Flushes and closes. */
  close(): Promise<void>
}

/** Options of {@link openLineLog}. */
export interface LineLogOptions {
  /** Size that the file is truncated to, in bytes. */
  readonly keepBytes: number
  /** Returns an entry as a line without its line feed. Default: JSON. */
  readonly lineOf?: ((entry: object) => string) | undefined
  /** Is updated with the appended text. */
  readonly hash?: Hash | undefined
}

/** Opens a log for appending. */
export async function openLineLog(store: RecordStore, name: string, options: LineLogOptions): Promise<LineLog> {
  const { keepBytes, lineOf = (entry) => printableJson(JSON.stringify(entry)), hash } = options
  const log = await store.append(name, keepBytes)
  const inTurn = createTurns()
  let byteLength = keepBytes
  let waiting: string[] = []
  /** Settles when the waiting lines are written. */
  let next: Promise<void> | undefined

  async function writeWaiting(): Promise<void> {
    await log.turn?.()
    const text = waiting.join('')
    waiting = []
    next = undefined
    await log.append(text)
    hash?.update(text)
    byteLength += Buffer.byteLength(text)
  }

  return {
    add(entries) {
      for (const entry of entries) waiting.push(`${lineOf(entry)}\n`)
      next ??= inTurn(writeWaiting)
      return next
    },
    byteLength: () => byteLength,
    flush: () => log.flush(),
    close: () => inTurn(() => flushAndClose(log)),
  }
}

/**
 * Opens an existing log for appending, or creates one. Cuts off a last line without a line feed, which a killed run
 * leaves.
 */
export async function reopenLineLog(store: RecordStore, name: string): Promise<LineLog> {
  const content = await store.read(name)
  let keepBytes = 0
  if (content !== undefined) {
    for await (const { isComplete, endOffset } of readLines(content)) if (isComplete) keepBytes = endOffset
  }
  return openLineLog(store, name, { keepBytes })
}

async function flushAndClose(log: RecordLog): Promise<void> {
  try {
    await log.flush()
  } finally {
    await log.close()
  }
}

/** Returns a function that starts each operation when the previous one has settled. */
function createTurns(): (operation: () => Promise<void>) => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  return (operation) => {
    const result = last.then(operation)
    last = result.catch(() => undefined)
    return result
  }
}
