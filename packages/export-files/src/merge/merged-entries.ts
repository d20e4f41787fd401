import { printableJson } from '@ahi-dicom/ahi-metadata'
import type { RecordStore } from '../destination/record-store.ts'
import { createKeyMap, type KeyMapOptions } from '../keys/key-map.ts'
import { createKeySet } from '../keys/key-set.ts'
import { isObject, parseJson, type JsonMembers } from '../reading/json-members.ts'
import { readLines } from '../reading/read-lines.ts'
import { writeAll } from '../record/compact-manifest.ts'
import { shortDigest } from '../record/item-digest.ts'
import type { ErrorEntry, WarningEntry } from '../record/entries.ts'
import { recordNames } from '../destination/record-store.ts'
import type { MergeSource } from './merge-source.ts'

/** Counts of failures and warnings. */
export interface EntryCounts {
  readonly failures: number
  readonly retryableFailures: number
  readonly errors: Readonly<Record<string, number>>
  readonly warnings: Readonly<Record<string, number>>
  /** Number of damaged lines. */
  readonly damagedLines: number
}

/** Options of {@link mergeEntries}. */
export interface MergeEntriesOptions extends KeyMapOptions {
  /** Returns true if a failure of a record still holds. */
  readonly keepError: (entry: ErrorEntry) => boolean
  /** Further failures, written after the records' own failures. */
  readonly further: readonly (AsyncIterable<ErrorEntry> | Iterable<ErrorEntry>)[]
}

/** Writes the failures and warnings of all records to the record of the destination, each once. */
export async function mergeEntries(
  store: RecordStore,
  sources: readonly MergeSource[],
  { keepError, further, maxMemory }: MergeEntriesOptions,
): Promise<EntryCounts> {
  const counts = { failures: 0, retryableFailures: 0, damagedLines: 0 }
  const [errors, warnings] = [new Map<string, number>(), new Map<string, number>()]

  async function* entriesOf<Entry>(
    name: string,
    isEntry: (value: unknown) => value is Entry & object,
  ): AsyncGenerator<Entry & object> {
    for (const { record } of sources) {
      for await (const { text, isComplete } of readLines((await record.read(name)) ?? [])) {
        const value = isComplete ? parseJson(text) : undefined
        if (isEntry(value)) yield value
        else if (isComplete) counts.damagedLines += 1
      }
    }
  }

  async function* errorLines(): AsyncGenerator<Uint8Array> {
    using seen = createKeySet({ maxMemory })
    const take = (entry: ErrorEntry): Uint8Array | undefined => {
      const line = lineOf(entry)
      if (!seen.add(shortDigest(line))) return undefined
      counts.failures += 1
      if (entry.retryable) counts.retryableFailures += 1
      errors.set(entry.code, (errors.get(entry.code) ?? 0) + 1)
      return Buffer.from(line)
    }
    for await (const entry of entriesOf(recordNames.errors, isErrorEntry)) {
      const line = keepError(entry) ? take(entry) : undefined
      if (line !== undefined) yield line
    }
    for (const entries of further) {
      for await (const entry of entries) {
        const line = take(entry)
        if (line !== undefined) yield line
      }
    }
  }

  async function* warningLines(): AsyncGenerator<Uint8Array> {
    using most = createKeyMap<number>({ maxMemory })
    for await (const entry of entriesOf(recordNames.warnings, isWarningEntry)) {
      const key = warningKey(entry)
      if (entry.instances > (most.get(key) ?? 0)) most.set(key, entry.instances)
    }
    for await (const entry of entriesOf(recordNames.warnings, isWarningEntry)) {
      const key = warningKey(entry)
      if (most.get(key) !== entry.instances) continue
      // Skips further lines with the same key and count.
      most.set(key, -1)
      warnings.set(entry.code, (warnings.get(entry.code) ?? 0) + entry.instances)
      yield Buffer.from(lineOf(entry))
    }
  }

  await writeLines(store, recordNames.errors, errorLines())
  await writeLines(store, recordNames.warnings, warningLines())
  return { ...counts, errors: Object.fromEntries(errors), warnings: Object.fromEntries(warnings) }
}

function lineOf(entry: object): string {
  return `${printableJson(JSON.stringify(entry))}\n`
}

/**
 * Returns a key that is equal for repeated warnings. If an image set is exported again, its warnings repeat, for as
 * many instances or fewer. If it is exported in parts, each part has its own warnings, because its first instance is
 * another one.
 */
function warningKey(entry: WarningEntry): string {
  const { datastoreId, imageSetId, versionId, seriesInstanceUid, sopInstanceUid, code, tag = '' } = entry
  return shortDigest([datastoreId, imageSetId, versionId, seriesInstanceUid, sopInstanceUid, code, tag].join('/'))
}

function isErrorEntry(value: unknown): value is ErrorEntry & JsonMembers {
  if (!isObject(value)) return false
  const { datastoreId, code, message, retryable } = value
  return [datastoreId, code, message].every((text) => typeof text === 'string') && typeof retryable === 'boolean'
}

function isWarningEntry(value: unknown): value is WarningEntry & JsonMembers {
  if (!isObject(value)) return false
  const { datastoreId, imageSetId, sopInstanceUid, code, message, instances } = value
  const texts = [datastoreId, imageSetId, sopInstanceUid, code, message]
  return texts.every((text) => typeof text === 'string') && typeof instances === 'number'
}

/** Writes all lines of a file, or removes the file if there are none. */
async function writeLines(store: RecordStore, name: string, lines: AsyncGenerator<Uint8Array>): Promise<void> {
  const first = await lines.next()
  if (first.done === true) return await store.remove(name)
  async function* all(): AsyncGenerator<Uint8Array> {
    if (first.done !== true) yield first.value
    yield* lines
  }
  await writeAll(store, name, all())
}
