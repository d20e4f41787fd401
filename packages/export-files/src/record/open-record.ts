import { createHash, type Hash } from 'node:crypto'
import type { Destination, OutputMode } from '../destination/destination.ts'
import { dicomdirPath, recordNames } from '../destination/record-store.ts'
import type { LockOptions, RecordLock, RecordStore } from '../destination/record-store.ts'
import { OutputError } from '../errors.ts'
import type { KeyMapOptions } from '../keys/key-map.ts'
import type { RecordedFormat } from '../format/series-format.ts'
import type { Layout } from '../layout/layout.ts'
import { parseLayout } from '../layout/parse-layout.ts'
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
import type { LineLog } from './line-log.ts'
import { createOtherRecords } from './other-records.ts'
import { createPathOwners } from './path-owners.ts'
import type { PathOwners } from './path-owners.ts'
import { earlierPending, unfinished } from './pending-selections.ts'
import { readManifest } from './read-manifest.ts'
import type { Manifest, ManifestFile } from './read-manifest.ts'
import { recordedStem } from './recorded-stem.ts'
import { requireSameDestination, requireSameFiles, requireSelectionOf } from './compare-descriptions.ts'
import { createReplacements } from './replaced-files.ts'
import { isFilePath, isOfRecord } from './safe-path.ts'
import { createStartedItems, readStartedStems, unnotedItems } from './started-items.ts'
import { createServing } from './serving-files.ts'
import { readSummary, writeSummary } from './summary-file.ts'
import { createWrittenIndex } from './written-index.ts'
import type { WrittenIndex } from './written-index.ts'

/** Options of {@link openRecord}. */
export interface OpenRecordOptions {
  readonly mode: OutputMode
  /**
   * What the export is, for `export.json`. An export with another data store or other files is refused by the modes
   * `resume` and `sync`, one to another destination by all. Default: nothing is compared or recorded.
   */
  readonly description?: ExportDescription | undefined
  /** What gives an instance another path if its own belongs to another one. Default: the default layout. */
  readonly layout?: Pick<Layout, 'alternative'> | undefined
  /** Formats that an instance or a series needs to count as written. */
  readonly formats: readonly RecordedFormat[]
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
  /**
   * Bytes of memory for what the record has to know of files. What does not fit goes to temporary databases. Default
   * 128 MiB, which is enough for some 60,000 files.
   */
  readonly maxMemory?: number | undefined
  /** Ends the look at what an earlier run has written. */
  readonly signal?: AbortSignal | undefined
  /** Called if another run has claimed the record, and only time can tell whether it still runs. */
  readonly onLockWait?: LockOptions['onWait']
}

/**
 * Claims the record of a destination, which must be open, and starts or resumes it. In a resumed record, files count as
 * written if they are recorded, still there and as they were written, and if their lines say that
 * they are what is asked for now. Started over, none counts, and the record names them until
 * they are written again or removed.
 *
 * @throws {OutputError} OUTPUT_EXISTS for mode `new` if there is an export; OUTPUT_DIFFERENT if the record is that of another
 *   destination, for the modes `resume` and `sync` if the export has other files, for `sync` if it has another selection; OUTPUT_LOCKED while another run holds it
 * @example
 * import { createFormats, openRecord } from '@ahi-dicom/export-files'
 *
 * await destination.open()
 * const record = await openRecord(destination, { mode: 'resume', formats: createFormats(['dcm']) })
 * await record.close({ outcome: 'nothing-selected' })
 * await destination.close()
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
  const { mode, selection } = options
  const store = destination.record
  const goesOn = mode === 'resume' || mode === 'sync'
  const pending = goesOn ? earlierPending(await readSummary(store)) : []
  const begin = async (): Promise<void> => {
    await writeSummary(store, { outcome: unfinished }, { selection, pending, digests: {} })
  }
  const maps = { maxMemory: (options.maxMemory ?? defaultMemory) / mostMaps }
  const earlier = await takeUpManifest(destination, { ...options, ...maps }, begin)
  const indexes = createIndexes(options, maps)
  try {
    if (earlier.manifest !== undefined) await takeUp(destination, earlier.manifest, { ...options, ...maps, indexes })
    await begin()
    await removeResults(destination, { goesOn })
    await store.remove(recordNames.started)
    const manifest = await openManifest(destination, options, earlier)
    const { log, hash, startBytes } = manifest
    return createExportRecord({
      destination,
      lock,
      manifest: log,
      hash,
      startBytes,
      started: destination.isOwn === undefined ? createStartedItems(store) : unnotedItems,
      ...indexes,
      mapMemory: maps.maxMemory,
      replaces: mode === 'sync',
      selection,
      pending,
    })
  } catch (error) {
    indexes[Symbol.dispose]()
    throw error
  } finally {
    earlier.manifest?.[Symbol.dispose]()
  }
}

/** Memory of a record. */
const defaultMemory = 128 * 2 ** 20
/** Maps that a record has at a time, the most. */
const mostMaps = 8

/** What a run knows of the files of a record. */
interface Indexes extends Disposable {
  readonly written: WrittenIndex
  readonly owners: PathOwners
  readonly imageSets: ImageSets
}

function createIndexes(
  { formats, selection, layout = parseLayout() }: OpenRecordOptions,
  maps: KeyMapOptions,
): Indexes {
  const written = createWrittenIndex(formats, maps)
  const owners = createPathOwners(layout, maps)
  const imageSets = createImageSets(selection, maps)
  const all = [written, owners, imageSets]
  return { written, owners, imageSets, [Symbol.dispose]: () => all.forEach((index) => index[Symbol.dispose]()) }
}

interface OpenManifest {
  readonly log: LineLog
  readonly hash: Hash
  /** Bytes that earlier runs wrote. */
  readonly startBytes: number
}

/** Opens the manifest for appending, and records what the export is. */
async function openManifest(
  destination: Destination,
  options: OpenRecordOptions,
  { manifest, description }: EarlierRun,
): Promise<OpenManifest> {
  const store = destination.record
  const isFlushable = destination.flush !== undefined
  await prepareNote(store, isFlushable ? (manifest?.flushedBytes ?? 0) : undefined)
  const hash = manifest?.hash.copy() ?? createHash('sha256')
  const startBytes = manifest?.endOffset ?? 0
  const log = await openLineLog(store, recordNames.manifest, { keepBytes: startBytes, lineOf: checkedLine, hash })
  try {
    if (options.mode === 'overwrite' && startBytes > 0) await log.add([startOver])
    await describe(store, options, description)
  } catch (error) {
    await log.close().catch(() => undefined)
    throw error
  }
  return { log, hash, startBytes }
}

const startOver: StartOverEntry = { startedOver: true }

/** What an earlier run has recorded. */
interface EarlierRun {
  /** Undefined if there is none. */
  readonly manifest: Manifest | undefined
  /** Undefined if it is not known. */
  readonly description: RecordedDescription | undefined
}

/**
 * Returns what an earlier run has recorded, without lines that are of no use. Calls `begin` before it changes the
 * manifest. A description without a manifest, which is lost, still tells what the files of the export are.
 */
async function takeUpManifest(
  destination: Destination,
  { mode, description, signal, maxMemory }: OpenRecordOptions,
  begin: () => Promise<void>,
): Promise<EarlierRun> {
  const store = destination.record
  const manifest = await readManifest(store, { signal, maxMemory })
  try {
    const found = await findDescription(store)
    const isDescribed = found.kind === 'found' || found.kind === 'later'
    if (description !== undefined) requireSameDestination(destination, found, description)
    if (mode === 'new' && manifest !== undefined) throw exists(destination, recordNames.manifest)
    if (mode === 'new' && isDescribed) throw exists(destination, recordNames.description)
    if (mode === 'new' && description?.files.dicomdir === true) await requireNoDicomdir(destination)
    if (mode !== 'overwrite' && description !== undefined) requireSameFiles(destination, found, description)
    if (mode === 'sync' && description !== undefined) requireSelectionOf(destination, found, description)
    if (manifest !== undefined) await destination.removeUnfinished?.()
    const hadDicomdir = found.kind === 'found' && found.description.files.dicomdir === true
    if (mode === 'overwrite' && hadDicomdir) await destination.remove(dicomdirPath)
    const recorded = mode !== 'overwrite' && found.kind === 'found' ? found.description : undefined
    if (manifest === undefined || !needsCompaction(manifest)) return { manifest, description: recorded }
    await begin()
    await compactManifest(destination, manifest, { maxMemory })
    const compacted = await readManifest(store, { signal, maxMemory })
    return { manifest: compacted, description: recorded }
  } catch (error) {
    manifest?.[Symbol.dispose]()
    throw error
  }
}

/** A new export does not replace the DICOMDIR of another File-set. */
async function requireNoDicomdir(destination: Destination): Promise<void> {
  if ((await destination.size?.(dicomdirPath)) !== undefined) throw exists(destination, dicomdirPath)
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

function exists({ name, recordedAs }: Destination, found: string): OutputError {
  const [holder, other] = recordedAs === undefined ? ['it', 'destination'] : ['its record', 'place for the record']
  const message =
    `Cannot export into "${name}": ${holder} already holds an export (${found}); resume it (mode 'resume'), ` +
    `write it again (mode 'overwrite'), or choose another ${other}`
  return new OutputError('OUTPUT_EXISTS', message, { path: name })
}

/**
 * Removes the files of the record that tell of an earlier run alone. A writer does not do again what has failed: the merge
 * finds out which of its failures still hold.
 */
async function removeResults({ record, writer }: Destination, { goesOn }: { readonly goesOn: boolean }): Promise<void> {
  if (!goesOn || writer === undefined) await record.remove(recordNames.errors)
  if (!goesOn) await record.remove(recordNames.warnings)
}

interface TakeUpOptions extends OpenRecordOptions {
  readonly indexes: Indexes
}

/** Takes over what an earlier run has written, and flushes what that run did not come to flush. */
async function takeUp(destination: Destination, manifest: Manifest, options: TakeUpOptions): Promise<void> {
  const { mode, request = { form: 'explicit', source: 'frames' }, verifyFrames = true, indexes } = options
  const { written, owners, imageSets } = indexes
  using replacements = createReplacements(options)
  for await (const file of safeFiles(manifest)) {
    owners.restore(recordedStem(file), file)
    replacements.add(file)
  }
  if (mode !== 'overwrite') for (const imageSet of manifest.index.finished()) imageSets.finish(imageSet)
  const serves = createServing({ ...options, request, verifyFrames })
  const firstLine = mode === 'overwrite' ? Infinity : manifest.index.startOverLine
  let unflushed: string[] = []
  const started = await readStartedStems(destination.record)
  const isNamed = (path: string): boolean => manifest.index.hasFile(path) || isOfRecord(path)
  using others = createOtherRecords(destination, options)
  const finding = { ...options, started, isNamed, others }
  for await (const { file, isThere } of findFiles(destination, safeFiles(manifest), finding)) {
    if (isThere && file.line >= firstLine && !replacements.isReplaced(file) && serves(file)) {
      imageSets.add(file, written.add(file))
    } else imageSets.addUseless(file)
    if (isThere && !file.isFlushed) unflushed.push(file.path)
    if (unflushed.length < flushedAtOnce) continue
    await destination.flush?.(unflushed)
    unflushed = []
  }
  await destination.flush?.(unflushed)
}

/** Files of an earlier run that are flushed at a time. */
const flushedAtOnce = 1024

/** Yields the files of a manifest that lie in the destination. */
async function* safeFiles(manifest: Manifest): AsyncGenerator<ManifestFile> {
  for await (const file of manifest.files()) if (isFilePath(file.path)) yield file
}

/**
 * Notes what is flushed before the manifest changes: an older note would count new lines as flushed. Without a note all
 * lines count as flushed, and they are if `write` of the destination flushes.
 */
async function prepareNote(store: RecordStore, flushedBytes: number | undefined): Promise<void> {
  if (flushedBytes === undefined) await store.remove(recordNames.flushed)
  else await writeFlushedNote(store, flushedBytes)
}
