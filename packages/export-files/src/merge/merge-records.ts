import type { Destination } from '../destination/destination.ts'
import { recordNames } from '../destination/record-store.ts'
import type { RecordLock, RecordStore } from '../destination/record-store.ts'
import { OutputError } from '../errors.ts'
import type { KeyMapOptions } from '../keys/key-map.ts'
import { readAhead } from '../reading/read-ahead.ts'
import { readLines } from '../reading/read-lines.ts'
import { checkedLine } from '../record/checked-line.ts'
import { writeDescription } from '../record/description.ts'
import type { ErrorEntry } from '../record/entries.ts'
import { createExportRecord, type ExportRecord, type LostFile } from '../record/export-record.ts'
import { createImageSets } from '../record/image-sets.ts'
import { openLineLog } from '../record/line-log.ts'
import { createOtherRecords } from '../record/other-records.ts'
import { createPathOwners } from '../record/path-owners.ts'
import { earlierPending, unfinished } from '../record/pending-selections.ts'
import { unnotedItems } from '../record/started-items.ts'
import { readSummary, writeSummary, type FoundSummary } from '../record/summary-file.ts'
import { createWrittenIndex } from '../record/written-index.ts'
import { membersOf } from '../reading/json-members.ts'
import { parseLayout } from '../layout/parse-layout.ts'
import { checkFiles } from './check-files.ts'
import { claimRecords, type ClaimedRecord, type ClaimedRecords } from './claimed-records.ts'
import { collectLines, removeObsolete } from './collect-lines.ts'
import { countFiles } from './count-files.ts'
import { removeLeftFiles } from './left-files.ts'
import { createLineChoices } from './line-choices.ts'
import { mergeDescriptions, type MergedDescription } from './merged-description.ts'
import { mergeEntries } from './merged-entries.ts'
import type { MergedRecords, MergeOptions } from './merged-records.ts'
import type { MergeSource } from './merge-source.ts'
import { readAllStarted } from './started-stems.ts'
import { writeMergedManifest, type MergedManifest } from './write-merged-manifest.ts'

/** Default of `maxMemory`, in bytes. */
const defaultMemory = 128 * 2 ** 20
/** Largest number of maps that a merge has at a time. */
const mostMaps = 8

/**
 * Merges the records of all writers of a destination into the destination's own record, and then removes them. The
 * result is the record that a single export would have written. The destination must be open, and opened without a
 * writer.
 *
 * - Records of writers that still run are not merged. A later merge does that. Until then, records of killed writers
 *   are merged but not removed, because the files they left behind can only be removed when no other writer runs.
 * - If several records name a path, the line that matches the file is used. If several match, the one of the newest
 *   version.
 * - Files that match no line become failures (OUTPUT_FILE_LOST), and are removed.
 * - If a merge is killed at any point, the next one completes it.
 *
 * @throws {OutputError} OUTPUT_LOCKED while another run holds the record of the destination, OUTPUT_DIFFERENT if the
 *   records belong to different exports, OUTPUT_UNSUPPORTED for a destination with a writer or a DICOMDIR
 * @example
 * import { mergeRecords } from '@ahi-dicom/export-files'
 *
 * await exported.open()
 * const merged = await mergeRecords(exported, {
 *   keepError: () => true,
 *   summarize: ({ failures }) => ({ outcome: failures > 0 ? 'failed' : 'complete' }),
 * })
 * console.log(merged.files, merged.lost)
 * await exported.close()
 */
export async function mergeRecords<Summary extends object>(
  destination: Destination,
  options: MergeOptions<Summary>,
): Promise<MergedRecords<Summary>> {
  if (destination.writer !== undefined) throw ofWriter(destination)
  const { signal, onLockWait: onWait } = options
  const lock = await destination.record.lock({ signal, onWait })
  try {
    await using writers = await claimRecords(destination, { signal, onWait })
    return await mergeLocked(destination, writers, options)
  } finally {
    await lock.release()
  }
}

async function mergeLocked<Summary extends object>(
  destination: Destination,
  { claimed, locked }: ClaimedRecords,
  options: MergeOptions<Summary>,
): Promise<MergedRecords<Summary>> {
  const { signal } = options
  const maps = { maxMemory: (options.maxMemory ?? defaultMemory) / mostMaps }
  const sources: readonly MergeSource[] = [{ writer: undefined, record: destination.record }, ...claimed]
  const description = await mergeDescriptions(destination, sources, options.description)
  const ends = await readEnds(sources)
  await writeSummary(destination.record, { outcome: unfinished }, { ...ends.state, digests: {} })
  if (ends.isStopped) await destination.removeUnfinished?.({ writers: ends.stopped })
  using choices = createLineChoices(maps)
  const collected = await collectLines(destination, sources, choices, { ...maps, signal })
  using started = await readAllStarted(sources, maps)
  using running = createOtherRecords(destination, { ...maps, signal }, locked)
  const isLast = locked.length === 0
  const checked = await checkFiles(destination, sources, choices, {
    ...maps,
    signal,
    started,
    running,
    removes: isLast,
  })
  const merged = await writeMergedManifest(destination, sources, choices, signal)
  await removeObsolete(destination, { all: sources, withObsolete: collected.withObsolete }, choices, {
    ...maps,
    signal,
  })
  // While another writer runs, unrecorded files may be its own. The next merge removes them.
  let isCleared = isLast
  if (isLast && (ends.isStopped || ends.leaving.length > 0)) {
    const mergedWriters = new Set(claimed.map(({ writer }) => writer))
    isCleared = await removeLeftFiles(destination, choices, {
      merged: mergedWriters,
      writers: ends.leaving,
      started,
      signal,
    })
    if (isCleared) await destination.record.remove(recordNames.started)
  }
  await describe(destination, description)
  const record = await openMerged(destination, { merged, maps, state: ends.state })
  try {
    const lost = [...checked.lost, ...(await record.finish({ isComplete: isLast }))]
    const { damagedLines, ...entries } = await mergeEntries(destination.record, sources, {
      ...maps,
      keepError: options.keepError,
      further: [lost.map(lostEntry), options.errors ?? []],
    })
    const counts = {
      ...(await countFiles(destination.record, { ...maps, failed: options.failed, signal })),
      ...entries,
      imageSets: choices.finishedImageSets,
      lostFiles: lost.length,
      damagedLines: collected.damagedLines + damagedLines,
      writers: claimed.length,
      locked,
    }
    const summary = await record.close(options.summarize(counts))
    await removeRecords(claimed.filter(({ writer }) => isCleared || !ends.leaving.includes(writer)))
    return { ...counts, summary, conflicts: checked.conflicts, lost }
  } finally {
    await record.close()
  }
}

/** Tells how the last runs of the records have ended. */
interface RecordEnds {
  /** Writers whose runs were killed. */
  readonly stopped: readonly string[]
  /** Writers that may have left files which no record names: their runs were killed, or had failures. */
  readonly leaving: readonly string[]
  /** True if any run was killed, including one without a writer. */
  readonly isStopped: boolean
  readonly state: {
    /** Name of the selection, if it is the same for all writers. */
    readonly selection: string | undefined
    readonly pending: readonly string[]
  }
}

async function readEnds(sources: readonly MergeSource[]): Promise<RecordEnds> {
  const stopped: string[] = []
  const leaving: string[] = []
  const selections = new Set<string>()
  const pending = new Set<string>()
  let ofDestination: string | undefined
  let isStopped = false
  for (const { writer, record } of sources) {
    const found = await readSummary(record)
    const selection = selectionOf(found)
    if (writer === undefined) ofDestination = selection
    else if (selection !== undefined) selections.add(selection)
    const hasEnded = found.kind === 'found' && found.outcome !== unfinished
    if (writer !== undefined && !hasEnded) stopped.push(writer)
    if (writer !== undefined && (!hasEnded || (await hasFailures(record)))) leaving.push(writer)
    // The destination may not have a record of its own yet.
    isStopped ||= !hasEnded && (writer !== undefined || found.kind !== 'none')
    for (const other of earlierPending(found)) pending.add(other)
  }
  const [first] = selections
  const selection = selections.size > 1 ? undefined : (first ?? ofDestination)
  return { stopped, leaving, isStopped, state: { selection, pending: [...pending] } }
}

async function hasFailures(record: RecordStore): Promise<boolean> {
  for await (const _ of readLines((await record.read(recordNames.errors)) ?? [])) return true
  return false
}

function selectionOf(found: FoundSummary): string | undefined {
  const { selection } = membersOf(found.kind === 'found' ? found.summary['record'] : undefined)
  return typeof selection === 'string' ? selection : undefined
}

async function describe({ record }: Destination, description: MergedDescription | undefined): Promise<void> {
  if (description !== undefined) await writeDescription(record, description.asked, description.recorded)
}

interface MergedRecordParts {
  readonly merged: MergedManifest
  readonly maps: KeyMapOptions & { readonly maxMemory: number }
  readonly state: RecordEnds['state']
}

/** Opens the merged record, so that it can be finished and closed in the same way as the record of an export. */
async function openMerged(
  destination: Destination,
  { merged: { byteLength, hash }, maps, state }: MergedRecordParts,
): Promise<ExportRecord> {
  const logging = { keepBytes: byteLength, lineOf: checkedLine, hash }
  return createExportRecord({
    destination,
    lock: heldByMerge,
    manifest: await openLineLog(destination.record, recordNames.manifest, logging),
    hash,
    startBytes: byteLength,
    started: unnotedItems,
    mapMemory: maps.maxMemory,
    written: createWrittenIndex([], maps),
    owners: createPathOwners(parseLayout(), maps),
    imageSets: createImageSets(state.selection, maps),
    replaces: false,
    ...state,
  })
}

/** Does nothing: {@link mergeRecords} releases the lock after the records of the writers are removed. */
const heldByMerge: RecordLock = { async release() {} }

function lostEntry(file: LostFile): ErrorEntry {
  const { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid } = file
  const message =
    `Cannot find a file of the ${sopInstanceUid === undefined ? 'series' : 'instance'} as it was written: another program ` +
    'removed or changed it; find out which one, then export the image set again'
  const ids = { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid }
  return { ...ids, code: 'OUTPUT_FILE_LOST', message, retryable: false }
}

/** Files of a record in the order of removal. The manifest comes last, so that it names its files until the end. */
const removalOrder = [
  recordNames.started,
  recordNames.summary,
  recordNames.errors,
  recordNames.warnings,
  recordNames.flushed,
  recordNames.description,
  recordNames.manifest,
]

/** Number of records that are removed at a time. */
const concurrentRemovals = 16

/** Removes the files of merged records. */
async function removeRecords(records: readonly ClaimedRecord[]): Promise<void> {
  for await (const _ of readAhead(records, concurrentRemovals - 1, removeRecord));
}

async function removeRecord({ record }: ClaimedRecord): Promise<void> {
  for (const name of removalOrder) await record.remove(name)
}

function ofWriter({ name }: Destination): OutputError {
  const message = `Cannot merge the records of "${name}": it was opened for one writer; open it without the \`writer\` option`
  return new OutputError('OUTPUT_UNSUPPORTED', message, { path: name })
}
