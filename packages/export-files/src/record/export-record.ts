import type { Hash } from 'node:crypto'
import type { Destination } from '../destination/destination.ts'
import type { FileDigest } from '../destination/file-writer.ts'
import { recordNames } from '../destination/record-store.ts'
import type { RecordLock } from '../destination/record-store.ts'
import { OutputError } from '../errors.ts'
import type { ErrorEntry, ItemKey, ManifestEntry, RemovalEntry, WarningEntry } from './entries.ts'
import { createImageSetRecord } from './image-set-record.ts'
import type { ImageSetRecord } from './image-set-record.ts'
import type { ImageSets } from './image-sets.ts'
import type { ItemIds } from './item-digest.ts'
import { missingFiles } from './find-files.ts'
import { writeFlushedNote } from './flushed-note.ts'
import { reopenLineLog } from './line-log.ts'
import type { LineLog } from './line-log.ts'
import type { PathOwners } from './path-owners.ts'
import { isCompleteOutcome, stillPending } from './pending-selections.ts'
import { readManifest } from './read-manifest.ts'
import type { RecordedFile } from './manifest-line.ts'
import type { Manifest, ManifestFile } from './read-manifest.ts'
import { readNewManifest } from './read-new-manifest.ts'
import { recordedStem } from './recorded-stem.ts'
import { createFileCounter, digestsOf } from './record-state.ts'
import type { FileCounts } from './record-state.ts'
import { createFoldedPaths, createReplacements } from './replaced-files.ts'
import { isFilePath } from './safe-path.ts'
import { writeSummary } from './summary-file.ts'
import type { ClosedSummary } from './summary-file.ts'
import { startedName, type StartedItems } from './started-items.ts'
import { writeDicomdir } from './write-dicomdir.ts'
import type { CompletedItem, WrittenIndex } from './written-index.ts'

/** The record of a running export: the files it has written, its failures and its warnings. */
export interface ExportRecord extends ImageSetRecord, AsyncDisposable {
  /**
   * Returns an instance or a series if all its files are recorded, or undefined if not. The files must be recorded
   * under the path of {@link claim} and made with the options of this run, and must have existed when the record was
   * opened. A series must have the same instances.
   */
  completed(key: ItemKey, stem: string): CompletedItem | undefined
  /**
   * Returns the path without extension for an instance or a series: `stem`, or `stem` with a short hash if another
   * instance or series has that path. The path stays the same when the record is resumed.
   */
  claim(stem: string, key: ItemIds): string
  /**
   * Releases a path, so that another instance or series can claim it, such as the same instance of another image set. A
   * file that is then recorded under the path replaces the earlier one.
   */
  release(stem: string, key: ItemIds): void
  /**
   * Notes that files of an instance or a series are about to be written. `stem` is the path of {@link claim}. Await
   * this before writing. If the run is killed before the files are recorded, the next run removes them. If an earlier
   * line names them, it compares their SHA-256 instead.
   */
  begin(stem: string, scope?: 'series'): Promise<void>
  /** Records written files in `manifest.ndjson`. Calls that are made at the same time share one write. */
  add(entries: readonly ManifestEntry[]): Promise<void>
  /**
   * Records a failure in `errors.ndjson`, which is created by the first failure and holds only failures of this run.
   * The record of a named writer also keeps failures of earlier runs, for the merge.
   */
  fail(entry: ErrorEntry): Promise<void>
  /**
   * Records a warning in `warnings.ndjson`, which is created by the first warning. A resumed record keeps the warnings
   * of earlier runs, because their instances are not written again.
   */
  warn(entry: WarningEntry): Promise<void>
  /** Returns the current size of the manifest in bytes, for {@link flushed}. */
  position(): number
  /**
   * Flushes the record, then notes that all files recorded before `position` survive a power cut. Get the position
   * before the writers flush, and call this after all of them have flushed.
   *
   * @throws {OutputError} OUTPUT_RECORD_LOST if the manifest is gone or was cut
   */
  flushed(position: number): Promise<void>
  /**
   * Returns the paths of recorded files that are not noted as flushed. If a lane ends without flushing, pass them to
   * another writer: `writer.flush(record.unflushedPaths())`.
   */
  unflushedPaths(): readonly string[]
  /**
   * Removes replaced files, and returns the recorded files that are missing or have another size. Call it when all
   * files are written.
   *
   * @throws {OutputError} OUTPUT_RECORD_LOST if the manifest is not as this run wrote it
   */
  finish(options: FinishOptions): Promise<readonly LostFile[]>
  /**
   * Writes the DICOMDIR of all recorded DICOM files, and replaces an earlier one. Returns the files that it cannot
   * list, because their keys are not recorded and cannot be read from the file. Call it after {@link finish}, in a
   * media layout.
   *
   * @throws {OutputError} if the destination refuses the DICOMDIR, or if it would be too large
   */
  writeDicomdir(options?: { readonly signal?: AbortSignal | undefined }): Promise<readonly RecordedFile[]>
  /**
   * Flushes the record, writes `summary.json` if a summary is given, and releases the lock. Returns the summary as
   * written.
   */
  close(): Promise<undefined>
  close<Summary extends object>(summary: Summary): Promise<ClosedSummary<Summary>>
}

/** Options of {@link ExportRecord.finish}. */
export interface FinishOptions {
  /** True if everything selected is written. Then files from before the export was started over are removed. */
  readonly isComplete: boolean
}

/** A recorded file that is missing or has another size. */
export type LostFile = ItemKey & {
  readonly path: string
  /** True if this run wrote the file. */
  readonly isOfThisRun: boolean
}

/** Parts of an {@link ExportRecord}. */
export interface ExportRecordParts {
  readonly destination: Destination
  readonly lock: RecordLock
  readonly manifest: LineLog
  /** Running SHA-256 of the manifest. */
  readonly hash: Hash
  /** Size of the manifest at the start of this run, in bytes. */
  readonly startBytes: number
  readonly started: StartedItems
  /** Memory for each map, in bytes. */
  readonly mapMemory: number
  readonly written: WrittenIndex
  readonly owners: PathOwners
  readonly imageSets: ImageSets
  /** True if files of other versions are removed once an image set is finished (mode `sync`). */
  readonly replaces: boolean
  /** Name of this run's selection. */
  readonly selection: string | undefined
  /** Selections that earlier runs did not complete. */
  readonly pending: readonly string[]
}

/** A file that the manifest names at the end of a run. */
type FileOfRecord = RecordedFile & Pick<LostFile, 'isOfThisRun'>

/** Paths of files that were recorded together, and the size of the manifest after their lines. */
interface UnflushedFiles {
  readonly paths: readonly string[]
  readonly position: number
}

/** Number of files that are removed after one write to the manifest. */
const removedAtOnce = 512

/** Creates the record of an export on an open manifest. */
export function createExportRecord(parts: ExportRecordParts): ExportRecord {
  const { destination, lock, manifest, hash, startBytes, written, owners, imageSets, started, selection } = parts
  const store = destination.record
  const maps = { maxMemory: parts.mapMemory }
  const isFlushable = destination.flush !== undefined
  let unflushed: UnflushedFiles[] = []
  let errors: Promise<LineLog> | undefined
  let warnings: Promise<LineLog> | undefined
  let isClosed = false
  /** True if a line of this run made files obsolete. */
  let hasObsolete = false
  let dicomdir: FileDigest | undefined
  /** Counts of the files at the end of the run, and the size of the manifest when they were counted. */
  let counted: { readonly position: number; readonly counts: FileCounts } | undefined

  function requireOpen(): void {
    if (!isClosed) return
    throw new OutputError('OUTPUT_NOT_OPEN', 'Cannot record: the record is closed', { path: recordNames.manifest })
  }

  function lost(): OutputError {
    const message =
      `Cannot continue the export into "${destination.name}": another program removed or changed its ` +
      `${recordNames.manifest}; find out which one, then resume the export (mode 'resume')`
    return new OutputError('OUTPUT_RECORD_LOST', message, { path: recordNames.manifest })
  }

  async function requireManifest(): Promise<void> {
    const byteLength = manifest.byteLength()
    if (store.size !== undefined && ((await store.size(recordNames.manifest)) ?? -1) < byteLength) throw lost()
  }

  /** Removes obsolete files, then yields the files that the manifest still names. */
  async function* readBack(isComplete: boolean): AsyncGenerator<FileOfRecord> {
    const counter = createFileCounter()
    // The first run of an export has no replaced files, so the manifest is read only once.
    if (startBytes === 0 && !hasObsolete) {
      const files = readNewManifest(store)
      let next = await files.next()
      for (; next.done !== true; next = await files.next()) {
        counter.add(next.value)
        yield { ...next.value, isOfThisRun: true }
      }
      if (next.value !== hash.copy().digest('hex')) throw lost()
    } else {
      using found = await readManifest(store, maps)
      if (found?.digest.sha256 !== hash.copy().digest('hex')) throw lost()
      using replacements = createReplacements(maps)
      for await (const file of found.files()) replacements.add(file)
      const firstLine = isComplete ? found.index.startOverLine : 0
      const isObsolete = (file: ManifestFile): boolean => file.line < firstLine || replacements.isReplaced(file)
      if (firstLine > 0 || replacements.hasReplaced || found.index.hasObsolete) await remove(found, isObsolete)
      for await (const file of found.files()) {
        if (isObsolete(file)) continue
        counter.add(file)
        yield { ...file, isOfThisRun: file.endOffset > startBytes }
      }
    }
    counted = { position: manifest.byteLength(), counts: counter.counts() }
  }

  /** Removes obsolete files. Files that no line calls removed yet get a line first. */
  async function remove(found: Manifest, isObsolete: (file: ManifestFile) => boolean): Promise<void> {
    using kept = createFoldedPaths(maps)
    for await (const file of found.files()) if (!isObsolete(file)) kept.add(file.path)
    const removable = async (path: string): Promise<void> => {
      if (isFilePath(path) && !kept.has(path)) await destination.remove(path)
    }
    for await (const path of found.obsoletePaths()) await removable(path)
    let paths: string[] = []
    const removePaths = async (): Promise<void> => {
      if (paths.length === 0) return
      await manifest.add(paths.map((path): RemovalEntry => ({ path, removed: true })))
      for (const path of paths) await removable(path)
      paths = []
    }
    for await (const file of found.files()) {
      if (isObsolete(file)) paths.push(file.path)
      if (paths.length >= removedAtOnce) await removePaths()
    }
    await removePaths()
  }

  async function finish({ isComplete }: FinishOptions): Promise<readonly LostFile[]> {
    requireOpen()
    const missing: LostFile[] = []
    // An earlier run may have started over without completing its selection.
    const isPending = stillPending(parts.pending, { selection, isComplete }).length > 0
    for await (const file of missingFiles(destination, readBack(isComplete && !isPending), maps)) missing.push(file)
    return missing
  }

  async function closeLogs(): Promise<void> {
    const closings = await Promise.allSettled([
      manifest.close(),
      closeOpened(errors),
      closeOpened(warnings),
      started.close(),
    ])
    for (const closing of closings) if (closing.status === 'rejected') throw closing.reason
  }

  function close(): Promise<undefined>
  function close<Summary extends object>(summary: Summary): Promise<ClosedSummary<Summary>>
  async function close<Summary extends object>(summary?: Summary): Promise<ClosedSummary<Summary> | undefined> {
    if (isClosed && summary === undefined) return undefined
    requireOpen()
    isClosed = true
    try {
      await closeLogs()
      if (summary === undefined) return undefined
      const ofManifest = { byteLength: manifest.byteLength(), sha256: hash.copy().digest('hex') }
      const counts = counted?.position === manifest.byteLength() ? counted.counts : undefined
      const outcome = 'outcome' in summary ? summary.outcome : undefined
      const pending = stillPending(parts.pending, { selection, isComplete: isCompleteOutcome(outcome) })
      const state = {
        ...counts,
        selection,
        pending,
        ...(dicomdir && { dicomdir }),
        digests: await digestsOf(store, ofManifest),
      }
      return await writeSummary(store, summary, state)
    } finally {
      for (const index of [written, owners, imageSets]) index[Symbol.dispose]()
      await lock.release()
    }
  }

  function note(entries: readonly ManifestEntry[]): void {
    for (const entry of entries) {
      started.end(startedName(entry, recordedStem(entry)))
      // An item that lacks data is written again, also by this run.
      if (entry.hasLoss === true) imageSets.addObsolete(entry)
      else imageSets.add(entry, written.add(entry))
    }
  }

  return {
    ...createImageSetRecord({ ...parts, requireOpen, onRecorded: note, onObsolete: () => void (hasObsolete = true) }),
    completed: (key, stem) => written.find(key, stem),
    claim: (stem, key) => owners.claim(stem, key),
    release: (stem, key) => owners.release(stem, key),
    async begin(stem, scope) {
      requireOpen()
      await started.begin(startedName({ scope }, stem))
    },
    async add(entries) {
      requireOpen()
      await manifest.add(entries)
      note(entries)
      if (isFlushable) unflushed.push({ paths: entries.map(({ path }) => path), position: manifest.byteLength() })
    },
    async fail(entry) {
      requireOpen()
      errors ??= reopenLineLog(store, recordNames.errors)
      await (await errors).add([entry])
    },
    async warn(entry) {
      requireOpen()
      warnings ??= reopenLineLog(store, recordNames.warnings)
      await (await warnings).add([entry])
    },
    position: () => manifest.byteLength(),
    async flushed(position) {
      requireOpen()
      await Promise.all([manifest.flush(), flushOpened(errors), flushOpened(warnings)])
      await requireManifest()
      if (isFlushable) await writeFlushedNote(store, position)
      unflushed = unflushed.filter((files) => files.position > position)
    },
    unflushedPaths: () => unflushed.flatMap(({ paths }) => paths),
    finish,
    async writeDicomdir({ signal } = {}) {
      requireOpen()
      const { digest, unlisted } = await writeDicomdir(destination, { ...maps, signal })
      dicomdir = digest
      return unlisted
    },
    close,
    [Symbol.asyncDispose]: () => close(),
  }
}

/** Flushes a log, if it was opened. A log that failed to open has already rejected each of its entries. */
async function flushOpened(opening: Promise<LineLog> | undefined): Promise<void> {
  const log = await opening?.catch(() => undefined)
  await log?.flush()
}

/** Closes a log, if it was opened. A log that failed to open has already rejected each of its entries. */
async function closeOpened(opening: Promise<LineLog> | undefined): Promise<void> {
  const log = await opening?.catch(() => undefined)
  await log?.close()
}
