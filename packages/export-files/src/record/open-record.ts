import type { Destination } from '../destination/destination.ts'
import { recordNames } from '../destination/record-store.ts'
import type { LockOptions, RecordLock, RecordStore } from '../destination/record-store.ts'
import { OutputError } from '../errors.ts'
import { stemOf } from '../format/file-path.ts'
import type { Format } from '../format/format.ts'
import { createExportRecord } from './export-record.ts'
import type { ExportRecord } from './export-record.ts'
import { findFiles } from './find-files.ts'
import { writeFlushedNote } from './flushed-note.ts'
import { openLineLog } from './line-log.ts'
import { createPathOwners } from './path-owners.ts'
import type { PathOwners } from './path-owners.ts'
import { readManifest } from './read-manifest.ts'
import type { Manifest } from './read-manifest.ts'
import { createWrittenIndex } from './written-index.ts'
import type { WrittenIndex } from './written-index.ts'

/** What to do with a destination that already holds an export: refuse it, go on with it, or start over in it. */
export type OutputMode = 'new' | 'resume' | 'overwrite'

/** Options of {@link openRecord}. */
export interface OpenRecordOptions {
  readonly mode: OutputMode
  /** Formats that an instance needs to count as written. */
  readonly formats: readonly Pick<Format, 'name' | 'frames'>[]
  /** Ends the look at what an earlier run has written. */
  readonly signal?: AbortSignal | undefined
  /** Called if another run has claimed the record, and only time can tell whether it still runs. */
  readonly onLockWait?: LockOptions['onWait']
}

/**
 * Claims the record of a destination, which must be open, and starts or resumes it. In a resumed record, files count as
 * written if they are recorded, still there and as they were written, see {@link findFiles}.
 *
 * @throws {OutputError} OUTPUT_EXISTS for mode `new` if there is an export; OUTPUT_LOCKED while another run holds it
 */
export async function openRecord(destination: Destination, options: OpenRecordOptions): Promise<ExportRecord> {
  const lock = await destination.record.lock({ signal: options.signal, onWait: options.onLockWait })
  try {
    return await openLocked(destination, { ...options, lock })
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function openLocked(
  destination: Destination,
  { mode, formats, signal, lock }: OpenRecordOptions & { readonly lock: RecordLock },
): Promise<ExportRecord> {
  const store = destination.record
  const earlier = await readManifest(store, { signal })
  if (earlier !== undefined && mode === 'new') throw exists(destination)
  if (earlier !== undefined) await destination.removeUnfinished?.()
  const resumed = mode === 'resume' ? earlier : undefined
  const written = createWrittenIndex(formats)
  const owners = createPathOwners()
  if (resumed !== undefined) await takeUp(destination, resumed, { written, owners, signal })
  await removeResults(store, { keepWarnings: mode === 'resume' })
  const isFlushable = destination.flush !== undefined
  await prepareNote(store, isFlushable ? (resumed?.flushedBytes ?? 0) : undefined)
  const manifest = await openLineLog(store, recordNames.manifest, resumed?.endOffset ?? 0)
  return createExportRecord({ store, lock, manifest, written, owners, isFlushable })
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
  await store.remove(recordNames.summary)
}

interface TakeUpOptions {
  readonly written: WrittenIndex
  readonly owners: PathOwners
  readonly signal: AbortSignal | undefined
}

/** Takes over what an earlier run has written, and flushes what that run did not come to flush. */
async function takeUp(
  destination: Destination,
  { files }: Manifest,
  { written, owners, signal }: TakeUpOptions,
): Promise<void> {
  for (const file of files.values()) owners.claim(stemOf(file.path, { ...file, frameCount: file.frames }), file)
  const unflushed: string[] = []
  for await (const file of findFiles(destination, files, signal)) {
    if (file.hasLoss !== true) written.add(file)
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
