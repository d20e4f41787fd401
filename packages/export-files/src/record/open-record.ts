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
   * Description of the export for `export.json`. The modes `resume` and `sync` refuse a record with another data store
   * or other files. All modes refuse the record of another destination. Default: nothing is compared or recorded.
   */
  readonly description?: ExportDescription | undefined
  /** Chooses another path for an instance if its own is taken. Default: the default layout. */
  readonly layout?: Pick<Layout, 'alternative'> | undefined
  /** Formats of the export. An instance or a series counts as written when its files in all formats are recorded. */
  readonly formats: readonly RecordedFormat[]
  /**
   * Options of the run that change the bytes of files. Recorded files with other options are written again. Default:
   * decoded pixels, from frames.
   */
  readonly request?: RequestedForm | undefined
  /** If true, files whose `checksum` is `skipped` are written again. Default true. */
  readonly verifyFrames?: boolean | undefined
  /**
   * Name of this run's selection. When complete, it also completes earlier runs with the same selection or with one
   * below it: `a` completes `a` and `a/b`. Default: no name, and no earlier run is completed.
   */
  readonly selection?: string | undefined
  /**
   * Memory in bytes for the indexes of the record. The rest goes to temporary databases. Default 128 MiB, which is
   * enough for about 60,000 files.
   */
  readonly maxMemory?: number | undefined
  /** Aborts the check of the files of earlier runs. */
  readonly signal?: AbortSignal | undefined
  /** Called if another run holds the lock, and waiting is the only way to find out whether it is still alive. */
  readonly onLockWait?: LockOptions['onWait']
}

/**
 * Locks the record of an open destination, and starts or resumes it. With `resume` and `sync`, a file counts as written
 * if it is recorded, exists unchanged, and was made with the options of this run. With `overwrite`, no file counts as
 * written; the record names the earlier files until they are written again or removed.
 *
 * @throws {OutputError} OUTPUT_EXISTS in mode `new` if the destination holds an export. OUTPUT_DIFFERENT if the record
 *   belongs to another destination, in the modes `resume` and `sync` also if the export has other files, and in `sync` also
 *   if the selections do not match. OUTPUT_LOCKED while another run holds the lock.
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
  const isResumed = mode === 'resume' || mode === 'sync'
  const pending = isResumed ? earlierPending(await readSummary(store)) : []
  const begin = async (): Promise<void> => {
    await writeSummary(store, { outcome: unfinished }, { selection, pending, digests: {} })
  }
  const maps = { maxMemory: (options.maxMemory ?? defaultMemory) / mostMaps }
  const earlier = await readEarlierRun(destination, { ...options, ...maps }, begin)
  const indexes = createIndexes(options, maps)
  try {
    if (earlier.manifest !== undefined)
      await indexEarlierFiles(destination, earlier.manifest, { ...options, ...maps, indexes })
    await begin()
    await removeResults(destination, { isResumed })
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

/** Default of `maxMemory`, in bytes. */
const defaultMemory = 128 * 2 ** 20
/** Largest number of maps that a record has at a time. */
const mostMaps = 8

/** Indexes of the files of a record. */
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
  /** Size of the manifest at the start of this run, in bytes. */
  readonly startBytes: number
}

/** Opens the manifest for appending, and writes the description. */
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

/** The record of earlier runs. */
interface EarlierRun {
  /** Undefined if the record has no manifest. */
  readonly manifest: Manifest | undefined
  /** Undefined if the record has none that can be used. */
  readonly description: RecordedDescription | undefined
}

/**
 * Reads the record of earlier runs, checks that this run may use it, and rewrites the manifest if that is needed. Calls
 * `begin` before it changes the manifest. If the manifest is lost, the description is still checked.
 */
async function readEarlierRun(
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
    if (manifest !== undefined || isDescribed) await destination.removeUnfinished?.()
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

/** Checks that a new export would not replace the DICOMDIR of another File-set. */
async function requireNoDicomdir(destination: Destination): Promise<void> {
  if ((await destination.size?.(dicomdirPath)) !== undefined) throw exists(destination, dicomdirPath)
}

/**
 * Writes the description before the first file. A new run without a description removes the one of an earlier export.
 */
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
 * Removes `errors.ndjson` and `warnings.ndjson` of earlier runs. A resumed record keeps the warnings. The resumed
 * record of a named writer also keeps the failures; the merge finds out which of them still hold.
 */
async function removeResults(
  { record, writer }: Destination,
  { isResumed }: { readonly isResumed: boolean },
): Promise<void> {
  if (!isResumed || writer === undefined) await record.remove(recordNames.errors)
  if (!isResumed) await record.remove(recordNames.warnings)
}

interface IndexFilesOptions extends OpenRecordOptions {
  readonly indexes: Indexes
}

/** Indexes the files that earlier runs have written, and flushes those that are not flushed yet. */
async function indexEarlierFiles(
  destination: Destination,
  manifest: Manifest,
  options: IndexFilesOptions,
): Promise<void> {
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
    } else imageSets.addObsolete(file)
    if (isThere && !file.isFlushed) unflushed.push(file.path)
    if (unflushed.length < flushedAtOnce) continue
    await destination.flush?.(unflushed)
    unflushed = []
  }
  await destination.flush?.(unflushed)
}

/** Number of files that are flushed at a time. */
const flushedAtOnce = 1024

/** Yields the files of a manifest. Skips paths that lead out of the destination or belong to the record. */
async function* safeFiles(manifest: Manifest): AsyncGenerator<ManifestFile> {
  for await (const file of manifest.files()) if (isFilePath(file.path)) yield file
}

/**
 * Writes or removes the flushed note before the manifest changes, because an older note could count new lines as
 * flushed. Without a note, all lines count as flushed. That is correct if `write` of the destination flushes.
 */
async function prepareNote(store: RecordStore, flushedBytes: number | undefined): Promise<void> {
  if (flushedBytes === undefined) await store.remove(recordNames.flushed)
  else await writeFlushedNote(store, flushedBytes)
}
