import { recordNames } from '../destination/record-store.ts'
import type { RecordLog, RecordStore } from '../destination/record-store.ts'
import { seriesStemsOf } from '../format/series-suffix.ts'
import { readLines } from '../reading/read-lines.ts'
import { membersOf } from '../reading/json-members.ts'
import { checkedLine, readCheckedLine } from './checked-line.ts'
import { isStaged } from './safe-path.ts'

/** The instances and series whose files a run has begun to write and not recorded, by {@link startedName}. */
export interface StartedItems {
  /**
   * Notes one before the first of its files is written. Does nothing for files that wait in the staging folder: the next
   * run empties that anyway.
   */
  begin(name: string): Promise<void>
  /** Forgets one whose files are recorded. */
  end(name: string): void
  /** Closes the file, and removes it unless the files of one were not recorded. */
  close(): Promise<void>
}

/** Ends the names of series. No path has it. */
const seriesMark = '*'

/** Returns what an instance or a series is noted by: its path without extension, which is marked for a series. */
export function startedName({ scope }: { readonly scope?: 'series' | undefined }, stem: string): string {
  return scope === 'series' ? stem + seriesMark : stem
}

/** Items that are known to be under way. No job has so many at a time: the oldest of more have failed. */
const mostUnderWay = 4096
/** Size at which the file is written anew, without the items that are recorded. */
const mostBytes = 2 ** 20

/** Makes the started items of a run. The first one makes the file. */
export function createStartedItems(store: RecordStore): StartedItems {
  const underWay = new Set<string>()
  let log: RecordLog | undefined
  let byteLength = 0
  let waiting: string[] = []
  let last: Promise<void> = Promise.resolve()
  /** Settles when the items that wait are written. */
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
      // A run that has lost its claim must not remove it, and has more to tell than that.
      if (log !== undefined && underWay.size === 0) await store.remove(recordNames.started).catch(() => undefined)
    },
  }
}

/** Notes nothing: the destination tells its files from others. */
export const unnotedItems: StartedItems = { async begin() {}, end() {}, async close() {} }

/** Names of the instances and series whose files were begun. */
export type StartedStems = Pick<ReadonlySet<string>, 'size' | 'has'>

/** Returns the items that an earlier run had begun to write when it was stopped. */
export async function readStartedStems(store: RecordStore): Promise<StartedStems> {
  const stems = new Set<string>()
  for await (const stem of startedStems(store)) stems.add(stem)
  return stems
}

/** Yields them one by one; some come more than once. */
export async function* startedStems(store: RecordStore): AsyncGenerator<string> {
  for await (const { text } of readLines((await store.read(recordNames.started)) ?? [])) {
    const { value, checksum } = readCheckedLine(text)
    const { stem } = membersOf(value)
    if (checksum === 'right' && typeof stem === 'string') yield stem
  }
}

/** Returns whether a file may be one of those that were begun. */
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
