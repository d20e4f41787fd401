import { recordNames } from '../destination/record-store.ts'
import type { RecordLog, RecordStore } from '../destination/record-store.ts'
import { seriesStemsOf } from '../format/series-suffix.ts'
import { readLines } from '../reading/read-lines.ts'
import { membersOf } from '../reading/json-members.ts'
import { checkedLine, readCheckedLine } from './checked-line.ts'
import { isStaged } from './safe-path.ts'

/**
 * Notes of instances and series whose files are being written and are not recorded yet. They are kept in the file
 * `.ahi-dicom.started`, by {@link startedName}.
 */
export interface StartedItems {
  /**
   * Notes an item before its first file is written. Does nothing for files in the staging folder, because the next run
   * empties that folder anyway.
   */
  begin(name: string): Promise<void>
  /** Removes the note of an item when its files are recorded. */
  end(name: string): void
  /** Closes the file. Removes it if the files of all items were recorded. */
  close(): Promise<void>
}

/** Last character of the names of series. Paths never contain it. */
const seriesMark = '*'

/** Returns the name of an instance or series in the notes: its path without extension, with a mark for a series. */
export function startedName({ scope }: { readonly scope?: 'series' | undefined }, stem: string): string {
  return scope === 'series' ? stem + seriesMark : stem
}

/** Largest number of notes in memory. No job writes that many items at a time, so the oldest ones have failed. */
const mostUnderWay = 4096
/** If the file grows beyond this size in bytes, it is rewritten without the recorded items. */
const mostBytes = 2 ** 20

/** Creates the notes of a run. The first note creates the file. */
export function createStartedItems(store: RecordStore): StartedItems {
  const underWay = new Set<string>()
  let log: RecordLog | undefined
  let byteLength = 0
  let waiting: string[] = []
  let last: Promise<void> = Promise.resolve()
  /** Settles when the waiting notes are written. */
  let next: Promise<void> | undefined

  async function open(stems: Iterable<string>): Promise<RecordLog> {
    await log?.close()
    const text = linesOf(stems)
    if (text !== '') await store.write(recordNames.started, Buffer.from(text))
    byteLength = Buffer.byteLength(text)
    return await store.append(recordNames.started, byteLength)
  }

  async function writeWaiting(): Promise<void> {
    const text = linesOf(waiting)
    waiting = []
    next = undefined
    if (log === undefined || byteLength > mostBytes) log = await open(underWay)
    await log.append(text)
    byteLength += Buffer.byteLength(text)
  }

  return {
    async begin(stem) {
      if (isStaged(stem)) return
      underWay.add(stem)
      for (const oldest of underWay.size > mostUnderWay ? underWay : []) {
        underWay.delete(oldest)
        break
      }
      waiting.push(stem)
      next ??= last = last.catch(() => undefined).then(writeWaiting)
      await next
    },
    end: (stem) => void underWay.delete(stem),
    async close() {
      await last.catch(() => undefined)
      await log?.close()
      // Fails if this run has lost its lock, which is reported elsewhere.
      if (log !== undefined && underWay.size === 0) await store.remove(recordNames.started).catch(() => undefined)
    },
  }
}

/** Keeps no notes, for a destination that has `isOwn`. */
export const unnotedItems: StartedItems = { async begin() {}, end() {}, async close() {} }

/** Names of instances and series whose files a killed run had begun to write. */
export type StartedStems = Pick<ReadonlySet<string>, 'size' | 'has'>

/** Reads the names of the items that an earlier run had begun to write when it was killed. */
export async function readStartedStems(store: RecordStore): Promise<StartedStems> {
  const stems = new Set<string>()
  for await (const stem of startedStems(store)) stems.add(stem)
  return stems
}

/** Yields these names one by one. Some may come more than once. */
export async function* startedStems(store: RecordStore): AsyncGenerator<string> {
  for await (const { text } of readLines((await store.read(recordNames.started)) ?? [])) {
    const { value, checksum } = readCheckedLine(text)
    const { stem } = membersOf(value)
    if (checksum === 'right' && typeof stem === 'string') yield stem
  }
}

/** Returns true if a file may belong to an item that a killed run had begun to write. */
export function isOfStarted(stems: StartedStems, path: string): boolean {
  if (stems.size === 0) return false
  const stem = path.replace(/\.[^./]*$/u, '')
  if (stems.has(stem) || stems.has(stem.replace(/-\d{4,}$/u, ''))) return true
  for (const series of seriesStemsOf(path)) if (stems.has(startedName({ scope: 'series' }, series))) return true
  return false
}

function linesOf(stems: Iterable<string>): string {
  return Array.from(stems, (stem) => `${checkedLine({ stem })}\n`).join('')
}
