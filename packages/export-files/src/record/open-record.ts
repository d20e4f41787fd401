import { createHash } from 'node:crypto'
import type { Destination } from '../destination/destination.ts'
import { recordNames } from '../destination/record-store.ts'
import type { LockOptions, RecordLock, RecordStore } from '../destination/record-store.ts'
import { OutputError } from '../errors.ts'
import { stemOf } from '../format/file-path.ts'
import type { Format } from '../format/format.ts'
import { checkedLine } from './checked-line.ts'
import { compactManifest, needsCompaction } from './compact-manifest.ts'
import type { RequestedForm, StartOverEntry } from './entries.ts'
import { createExportRecord } from './export-record.ts'
import type { ExportRecord } from './export-record.ts'
import { findFiles } from './find-files.ts'
import { writeFlushedNote } from './flushed-note.ts'
import { openLineLog } from './line-log.ts'
import { createPathOwners } from './path-owners.ts'
import type { PathOwners } from './path-owners.ts'
import { earlierPending, unfinished } from './pending-selections.ts'
import { readManifest } from './read-manifest.ts'
import type { Manifest } from './read-manifest.ts'
import { replacedFiles } from './replaced-files.ts'
import { isFilePath } from './safe-path.ts'
import { createServing } from './serving-files.ts'
import { readSummary, writeSummary } from './summary-file.ts'
import { createWrittenIndex } from './written-index.ts'
import type { WrittenIndex } from './written-index.ts'

/** What to do with a destination that already holds an export: refuse it, go on with it, or start over in it. */
export type OutputMode = 'new' | 'resume' | 'overwrite'

/** Options of {@link openRecord}. */
export interface OpenRecordOptions {
  readonly mode: OutputMode
  /** Formats that an instance needs to count as written. */
  readonly formats: readonly Pick<Format, 'name' | 'frames' | 'settings'>[]
  /**
   * What is asked for of each instance. Files that were made from another request count as not written. Default: decoded
   * pixels, from frames.
   */
  readonly request?: RequestedForm | undefined
  /** Whether files whose frames were not verified because that was turned off count as not written. Default true. */
  readonly verifyFrames?: boolean | undefined
  /**
   * Names what the run selects, to tell whether it completes an earlier run. `a` completes `a`, and what lies below it, such
   * as `a/b`. Default: no name, and it completes none.
   */
  readonly selection?: string | undefined
  /** Ends the look at what an earlier run has written. */
  readonly signal?: AbortSignal | undefined
  /** Called if another run has claimed the record, and only time can tell whether it still runs. */
  readonly onLockWait?: LockOptions['onWait']
}

/**
 * Claims the record of a destination, which must be open, and starts or resumes it. In a resumed record, files count as
 * written if they are recorded, still there and as they were written, see {@link findFiles}, and if their lines say that
 * they are what is asked for now, see {@link createServing}. Started over, none counts, and the record names them until
 * they are written again or removed.
 *
 * @throws {OutputError} OUTPUT_EXISTS for mode `new` if there is an export; OUTPUT_LOCKED while another run holds it
 */
export async function openRecord(destination: Destination, options: OpenRecordOptions): Promise<ExportRecord> {
  const lock = await destination.record.lock({ signal: options.signal, onWait: options.onLockWait })
  try {
    return await openLocked(destination, options, lock)
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function openLocked(
  destination: Destination,
  options: OpenRecordOptions,
  lock: RecordLock,
): Promise<ExportRecord> {
  const { mode, formats, selection } = options
  const store = destination.record
  const pending = mode === 'resume' ? earlierPending(await readSummary(store)) : []
  const begin = async (): Promise<void> => {
    await writeSummary(store, { outcome: unfinished }, { selection, pending, digests: {} })
  }
  const earlier = await takeUpManifest(destination, options, begin)
  const written = createWrittenIndex(formats)
  const owners = createPathOwners()
  if (earlier !== undefined) await takeUp(destination, earlier, { ...options, written, owners })
  await begin()
  await removeResults(store, { keepWarnings: mode === 'resume' })
  const isFlushable = destination.flush !== undefined
  await prepareNote(store, isFlushable ? (earlier?.flushedBytes ?? 0) : undefined)
  const hash = earlier?.hash ?? createHash('sha256')
  const keepBytes = earlier?.endOffset ?? 0
  const manifest = await openLineLog(store, recordNames.manifest, { keepBytes, lineOf: checkedLine, hash })
  if (mode === 'overwrite' && keepBytes > 0) await manifest.add([startOver])
  return createExportRecord({
    destination,
    lock,
    manifest,
    hash,
    startBytes: keepBytes,
    written,
    owners,
    selection,
    pending,
  })
}

const startOver: StartOverEntry = { startedOver: true }

/** Returns the manifest of an earlier run, without lines that are of no use. Calls `begin` before it changes the manifest. */
async function takeUpManifest(
  destination: Destination,
  { mode, signal }: OpenRecordOptions,
  begin: () => Promise<void>,
): Promise<Manifest | undefined> {
  const store = destination.record
  const manifest = await readManifest(store, { signal })
  if (manifest === undefined) return undefined
  if (mode === 'new') throw exists(destination)
  await destination.removeUnfinished?.()
  if (!needsCompaction(manifest)) return manifest
  await begin()
  await compactManifest(destination, manifest)
  return readManifest(store, { signal })
}

function exists({ name }: Destination): OutputError {
  const message =
    `Cannot export into "${name}": it already holds an export (${recordNames.manifest}); resume it (mode 'resume'), ` +
    "write it again (mode 'overwrite'), or choose another destination"
  return new OutputError('OUTPUT_EXISTS', message, { path: name })
}

/** Removes the files of the record that tell of an earlier run alone. */
async function removeResults(store: RecordStore, { keepWarnings }: { readonly keepWarnings: boolean }): Promise<void> {
  await store.remove(recordNames.errors)
  if (!keepWarnings) await store.remove(recordNames.warnings)
}

interface TakeUpOptions extends OpenRecordOptions {
  readonly written: WrittenIndex
  readonly owners: PathOwners
}

/** Takes over what an earlier run has written, and flushes what that run did not come to flush. */
async function takeUp(
  destination: Destination,
  { files, startOverLine }: Manifest,
  options: TakeUpOptions,
): Promise<void> {
  const { mode, request = { form: 'explicit', source: 'frames' }, verifyFrames = true, signal } = options
  const { written, owners } = options
  const named = [...files.values()].filter(({ path }) => isFilePath(path))
  for (const file of named) owners.claim(stemOf(file.path, { ...file, frameCount: file.frames }), file)
  const serves = createServing({ ...options, request, verifyFrames })
  const replaced = new Set(replacedFiles(named))
  const unflushed: string[] = []
  for await (const file of findFiles(destination, named, signal)) {
    const isOverwritten = mode === 'overwrite' || file.line < startOverLine
    if (!isOverwritten && !replaced.has(file) && serves(file)) written.add(file)
    if (!file.isFlushed) unflushed.push(file.path)
  }
  await destination.flush?.(unflushed)
}

/**
 * Notes what is flushed before the manifest changes: an older note would count new lines as flushed. Without a note all
 * lines count as flushed, and they are if `write` of the destination flushes.
 */
async function prepareNote(store: RecordStore, flushedBytes: number | undefined): Promise<void> {
  if (flushedBytes === undefined) await store.remove(recordNames.flushed)
  else await writeFlushedNote(store, flushedBytes)
}
