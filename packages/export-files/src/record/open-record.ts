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
import { findDescription, writeDescription } from './description.ts'
import type { ExportDescription, RecordedDescription } from './description.ts'
import { createExportRecord } from './export-record.ts'
import type { ExportRecord } from './export-record.ts'
import { findFiles } from './find-files.ts'
import { writeFlushedNote } from './flushed-note.ts'
import { createImageSets } from './image-sets.ts'
import type { ImageSets } from './image-sets.ts'
import { openLineLog } from './line-log.ts'
import { createPathOwners } from './path-owners.ts'
import type { PathOwners } from './path-owners.ts'
import { earlierPending, unfinished } from './pending-selections.ts'
import { readManifest } from './read-manifest.ts'
import type { Manifest, ManifestFile } from './read-manifest.ts'
import { requireSameFiles } from './compare-descriptions.ts'
import { replacedFiles } from './replaced-files.ts'
import { isFilePath } from './safe-path.ts'
import { createServing } from './serving-files.ts'
import { readSummary, writeSummary } from './summary-file.ts'
import { createWrittenIndex } from './written-index.ts'
import type { WrittenIndex } from './written-index.ts'

/**
 * What to do with a destination that already holds an export: refuse it, go on with it, go on with it and leave nothing of
 * earlier versions of image sets, or start over in it.
 */
export type OutputMode = 'new' | 'resume' | 'sync' | 'overwrite'

/** Options of {@link openRecord}. */
export interface OpenRecordOptions {
  readonly mode: OutputMode
  /**
   * What the export is, for `export.json`. An export with another data store or other files is refused by the modes
   * `resume` and `sync`. Default: nothing is compared or recorded.
   */
  readonly description?: ExportDescription | undefined
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
 * @throws {OutputError} OUTPUT_EXISTS for mode `new` if there is an export; OUTPUT_DIFFERENT for the modes `resume` and
 *   `sync` if the export has other files; OUTPUT_LOCKED while another run holds it
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
  const goesOn = mode === 'resume' || mode === 'sync'
  const pending = goesOn ? earlierPending(await readSummary(store)) : []
  const begin = async (): Promise<void> => {
    await writeSummary(store, { outcome: unfinished }, { selection, pending, digests: {} })
  }
  const earlier = await takeUpManifest(destination, options, begin)
  const written = createWrittenIndex(formats)
  const owners = createPathOwners()
  const imageSets = createImageSets(selection)
  if (earlier !== undefined) await takeUp(destination, earlier.manifest, { ...options, written, owners, imageSets })
  await begin()
  await removeResults(store, { keepWarnings: goesOn })
  const isFlushable = destination.flush !== undefined
  await prepareNote(store, isFlushable ? (earlier?.manifest.flushedBytes ?? 0) : undefined)
  const hash = earlier?.manifest.hash ?? createHash('sha256')
  const keepBytes = earlier?.manifest.endOffset ?? 0
  const manifest = await openLineLog(store, recordNames.manifest, { keepBytes, lineOf: checkedLine, hash })
  try {
    if (mode === 'overwrite' && keepBytes > 0) await manifest.add([startOver])
    await describe(store, options, earlier?.description)
  } catch (error) {
    await manifest.close().catch(() => undefined)
    throw error
  }
  return createExportRecord({
    destination,
    lock,
    manifest,
    hash,
    startBytes: keepBytes,
    written,
    owners,
    imageSets,
    replaces: mode === 'sync',
    selection,
    pending,
  })
}

const startOver: StartOverEntry = { startedOver: true }

/** What an earlier run has recorded. */
interface EarlierRun {
  readonly manifest: Manifest
  /** Undefined if it is not known. */
  readonly description: RecordedDescription | undefined
}

/**
 * Returns what an earlier run has recorded, without lines that are of no use. Calls `begin` before it changes the
 * manifest.
 */
async function takeUpManifest(
  destination: Destination,
  { mode, description, signal }: OpenRecordOptions,
  begin: () => Promise<void>,
): Promise<EarlierRun | undefined> {
  const store = destination.record
  const manifest = await readManifest(store, { signal })
  if (manifest === undefined) return undefined
  if (mode === 'new') throw exists(destination)
  const found = await findDescription(store)
  if (mode !== 'overwrite' && description !== undefined) requireSameFiles(destination, found, description)
  await destination.removeUnfinished?.()
  const recorded = mode !== 'overwrite' && found.kind === 'found' ? found.description : undefined
  if (!needsCompaction(manifest)) return { manifest, description: recorded }
  await begin()
  await compactManifest(destination, manifest)
  const compacted = await readManifest(store, { signal })
  return compacted && { manifest: compacted, description: recorded }
}

/** Records what the export is, before its first file. An export that is started over is another one from here on. */
async function describe(
  store: RecordStore,
  { mode, description }: OpenRecordOptions,
  recorded: RecordedDescription | undefined,
): Promise<void> {
  if (description !== undefined) await writeDescription(store, description, recorded)
  else if (mode === 'new' || mode === 'overwrite') await store.remove(recordNames.description)
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
  readonly imageSets: ImageSets
}

/** Takes over what an earlier run has written, and flushes what that run did not come to flush. */
async function takeUp(
  destination: Destination,
  { files, finished, startOverLine }: Manifest,
  options: TakeUpOptions,
): Promise<void> {
  const { mode, request = { form: 'explicit', source: 'frames' }, verifyFrames = true, signal } = options
  const { written, owners, imageSets } = options
  const named = [...files.values()].filter(({ path }) => isFilePath(path))
  for (const file of named) owners.claim(stemOf(file.path, { ...file, frameCount: file.frames }), file)
  const serves = createServing({ ...options, request, verifyFrames })
  const replaced = new Set(replacedFiles(named))
  const unflushed: string[] = []
  const serving = new Set<ManifestFile>()
  const onStaged = (path: string): Promise<void> => destination.remove(path)
  for await (const file of findFiles(destination, named, { signal, onStaged })) {
    const isOverwritten = mode === 'overwrite' || file.line < startOverLine
    if (!isOverwritten && !replaced.has(file) && serves(file)) serving.add(file)
    if (!file.isFlushed) unflushed.push(file.path)
  }
  if (mode !== 'overwrite') for (const imageSet of finished.values()) imageSets.finish(imageSet)
  for (const file of named) {
    if (serving.has(file)) {
      written.add(file)
      imageSets.add(file)
    } else imageSets.addUseless(file)
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
