import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createPngEncoder, noSuchFrame, pictureCount, type RenderOptions } from '@ahi-dicom/renderer'
import { openAppendLog, reopenAppendLog } from './append-log.ts'
import type { AppendLog } from './append-log.ts'
import { lockDirectory } from './directory-lock.ts'
import type { DirectoryLock } from './directory-lock.ts'
import { OutputError } from './errors.ts'
import { part10Path, pngPath } from './file-names.ts'
import type { OutputFormat } from './file-names.ts'
import { outputError } from './file-system-error.ts'
import { selectFrames } from './frame-selection.ts'
import type { FrameSelection, FrameSelector } from './frame-selection.ts'
import type { SinkInstance } from './instance.ts'
import { removeUnfinished, resumeJournal, startJournal } from './journal.ts'
import type { Journal } from './journal.ts'
import { DEFAULT_LAYOUT, parseLayout } from './layout.ts'
import { makeDirectory } from './make-directory.ts'
import { ERRORS_NAME, MANIFEST_NAME, SUMMARY_NAME, WARNINGS_NAME } from './manifest.ts'
import type { ErrorEntry, ManifestEntry, WarningEntry } from './manifest.ts'
import { mapConcurrently } from './map-concurrently.ts'
import { writeAtomically } from './write-atomically.ts'
import { writePart10 } from './write-part10.ts'
import type { InstanceKey } from './written-index.ts'

/** What to do with a folder that already holds an export: refuse it, go on with it, or start over in it. */
export type OutputMode = 'new' | 'resume' | 'overwrite'

/** Options of {@link directorySink}. */
export interface DirectorySinkOptions {
  /** Made when it does not exist. */
  readonly directory: string
  /** Template as {@link parseLayout} takes it, default {@link DEFAULT_LAYOUT}. */
  readonly layout?: string | undefined
  /** Default `['dcm']`. */
  readonly formats?: readonly OutputFormat[] | undefined
  /**
   * Frames that PNGs are written of, counted from 0, default all. An instance with frames that lacks one of them fails;
   * Part 10 files have all frames in any case.
   */
  readonly frames?: readonly FrameSelector[] | undefined
  /** Bits of the PNGs, default 8. */
  readonly pngBits?: 8 | 16 | undefined
  /** Window of the PNGs instead of that of the data set. */
  readonly window?: RenderOptions['window']
  /** Which window of the data set the PNGs show, counted from 0. */
  readonly windowIndex?: number | undefined
  /** Whether PNGs show the overlays of the data set, default false. */
  readonly overlays?: boolean | undefined
  readonly mode: OutputMode
}

/** One file that a sink has written. */
export interface WrittenFile {
  /** Relative to the target, with forward slashes. */
  readonly path: string
  readonly format: OutputFormat
  readonly byteLength: number
  readonly sha256: string
  /** The frame that it shows, counted from 0; absent for files of the whole instance. */
  readonly frame?: number
}

/** What writing an instance may be told. */
export interface SinkWriteOptions {
  readonly signal?: AbortSignal | undefined
  /** Frames that may be held at a time. Default 4, and never more. */
  readonly maxFrames?: number | undefined
  /**
   * Takes the reason why there are no pictures of an instance whose DICOM file is written. Default: the reason is thrown,
   * and nothing of the instance is left.
   */
  readonly onFailure?: ((error: unknown) => void) | undefined
}

/** A folder as the target of an export: the InstanceSink of the exporter by shape. */
export interface DirectorySink extends AsyncDisposable {
  /** Whether frames are read for the DICOM file and again for pictures. */
  readonly rereadsFrames: boolean
  /** Chunks and frames of an instance are of no more use once its files are written. */
  readonly keepsNoBytes: true
  /** Makes and claims the folder, and takes up or starts its journal. */
  open(): Promise<void>
  /** Whether all files of an instance are written, journaled and still there. */
  completed(key: InstanceKey): boolean
  /** Writes the files of an instance, each whole or not at all. */
  write(instance: SinkInstance, options?: SinkWriteOptions): Promise<readonly WrittenFile[]>
  /** Notes a written file in manifest.ndjson. */
  journal(entry: ManifestEntry): Promise<void>
  /** Notes a failure in errors.ndjson, which holds those of this run. */
  report(entry: ErrorEntry): Promise<void>
  /** Notes a warning in warnings.ndjson; `resume` keeps those of earlier runs, whose instances are not written again. */
  warn(entry: WarningEntry): Promise<void>
  /** Flushes the journal, writes summary.json and gives the folder back. */
  close(summary?: object): Promise<void>
}

/**
 * Makes a sink that writes instances as files into a folder.
 *
 * @throws LayoutError for a layout that cannot be used, TypeError for frames that can be of no instance. The methods
 *   throw OutputError.
 */
export function directorySink(options: DirectorySinkOptions): DirectorySink {
  const { directory, formats = ['dcm'], mode } = options
  const layout = parseLayout(options.layout ?? DEFAULT_LAYOUT)
  const frames = selectFrames(options.frames)
  let opened: OpenDirectory | undefined

  function openDirectory(): OpenDirectory {
    if (opened !== undefined) return opened
    throw new OutputError('OUTPUT_NOT_OPEN', `Cannot write into "${directory}": the sink is not open`, {
      path: directory,
    })
  }

  async function close(summary?: object): Promise<void> {
    const closing = opened
    opened = undefined
    if (closing !== undefined) await closeDirectory(closing, summary)
  }

  return {
    rereadsFrames: formats.includes('dcm') && formats.includes('png'),
    keepsNoBytes: true,
    async open() {
      opened ??= await claimDirectory(directory, { mode, frames })
    },
    completed(key) {
      return openDirectory().journal.written.has(key, formats)
    },
    async write(instance, writing = {}) {
      const stem = openDirectory().journal.owners.claim(layout.path(instance), instance)
      return writeFiles({ directory, stem, ...writing }, instance, { ...options, formats, frames })
    },
    async journal(entry) {
      const { log, written } = openDirectory().journal
      await log.append(entry)
      written.add(entry)
    },
    async report(entry) {
      const directory = openDirectory()
      directory.errors ??= openAppendLog(join(directory.path, ERRORS_NAME), 0)
      await (await directory.errors).append(entry)
    },
    async warn(entry) {
      const directory = openDirectory()
      directory.warnings ??= reopenAppendLog(join(directory.path, WARNINGS_NAME))
      await (await directory.warnings).append(entry)
    },
    close,
    [Symbol.asyncDispose]: () => close(),
  }
}

interface OpenDirectory {
  readonly path: string
  readonly lock: DirectoryLock
  readonly journal: Journal
  /** Opened by the first failure. */
  errors: Promise<AppendLog> | undefined
  /** Opened by the first warning. */
  warnings: Promise<AppendLog> | undefined
}

interface JournalOptions {
  readonly mode: OutputMode
  readonly frames: FrameSelection
}

async function claimDirectory(path: string, options: JournalOptions): Promise<OpenDirectory> {
  await translated(makeDirectory(path), path)
  const lock = await lockDirectory(path)
  try {
    const journal = await translated(openJournal(path, options), path)
    return { path, lock, journal, errors: undefined, warnings: undefined }
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function openJournal(path: string, { mode, frames }: JournalOptions): Promise<Journal> {
  const isNew = (await stat(join(path, MANIFEST_NAME)).catch(() => undefined)) === undefined
  if (!isNew && mode === 'new') throw exists(path)
  if (!isNew) await removeUnfinished(path)
  await rm(join(path, ERRORS_NAME), { force: true })
  if (mode !== 'resume') await rm(join(path, WARNINGS_NAME), { force: true })
  await rm(join(path, SUMMARY_NAME), { force: true })
  return mode === 'resume' ? resumeJournal(path, frames) : startJournal(path, frames)
}

function exists(path: string): OutputError {
  const message =
    `Cannot export into "${path}": it already holds an export (${MANIFEST_NAME}); go on with that by --resume (mode ` +
    "'resume'), write it again by --overwrite (mode 'overwrite'), or choose another folder"
  return new OutputError('OUTPUT_EXISTS', message, { path })
}

async function closeDirectory(
  { path, lock, journal, errors, warnings }: OpenDirectory,
  summary: object | undefined,
): Promise<void> {
  try {
    await journal.log.close()
    await (await errors)?.close()
    await (await warnings)?.close()
    if (summary === undefined) return
    await writeAtomically(join(path, SUMMARY_NAME), [Buffer.from(`${JSON.stringify(summary, undefined, 2)}\n`)])
  } finally {
    await lock.release()
  }
}

interface Destination extends SinkWriteOptions {
  readonly directory: string
  /** Relative path without extension. */
  readonly stem: string
}

type FileOptions = Pick<DirectorySinkOptions, 'pngBits' | 'window' | 'windowIndex' | 'overlays'> & {
  readonly formats: readonly OutputFormat[]
  readonly frames: FrameSelection
}

/** Writes all files of an instance, or leaves none of them; or the DICOM file alone, where someone takes the reason. */
async function writeFiles(
  destination: Destination,
  instance: SinkInstance,
  options: FileOptions,
): Promise<readonly WrittenFile[]> {
  const { formats } = options
  const { onFailure, signal } = destination
  const part10 = formats.includes('dcm') ? await writeInstance(destination, instance) : undefined
  const files = part10 === undefined ? [] : [part10]
  if (!formats.includes('png')) return files
  try {
    return [...files, ...(await writeFrames(destination, instance, options))]
  } catch (error) {
    const isOfPicture = signal?.aborted !== true && !(error instanceof OutputError)
    if (part10 !== undefined && onFailure !== undefined && isOfPicture) {
      onFailure(error)
      return files
    }
    await removeFiles(destination, files)
    throw error
  }
}

async function removeFiles({ directory }: Destination, files: readonly WrittenFile[]): Promise<void> {
  await Promise.all(files.map(({ path }) => rm(join(directory, path), { force: true }).catch(() => undefined)))
}

async function writeInstance({ directory, stem, signal }: Destination, instance: SinkInstance): Promise<WrittenFile> {
  const path = part10Path(stem)
  return { path, format: 'dcm', ...(await writePart10(instance, join(directory, path), { signal })) }
}

/** Frames of one instance that are rendered, compressed and written at a time. */
const FRAMES_UNDER_WAY = 4

/** Writes the pictures of the frames that are wanted, in their order, or leaves none of them. */
async function writeFrames(
  destination: Destination,
  instance: SinkInstance,
  { pngBits, window, windowIndex, overlays = false, frames }: FileOptions,
): Promise<readonly WrittenFile[]> {
  const { directory, stem, signal, maxFrames = FRAMES_UNDER_WAY } = destination
  const count = pictureCount(instance)
  const missing = count === 0 ? undefined : frames.firstMissing(count)
  if (missing !== undefined) throw noSuchFrame(instance, missing)
  const files: WrittenFile[] = []
  const encode = createPngEncoder(instance, { window, windowIndex, bits: pngBits, overlays, signal })
  async function writeFrame(frame: number): Promise<void> {
    const path = pngPath(stem, frame, count)
    const digest = await writeAtomically(join(directory, path), [await encode(frame)], { signal })
    files.push({ path, format: 'png', frame, ...digest })
  }
  const concurrency = Math.max(1, Math.min(FRAMES_UNDER_WAY, maxFrames))
  try {
    for await (const _ of mapConcurrently(frames.of(count), concurrency, writeFrame)) signal?.throwIfAborted()
  } catch (error) {
    await removeFiles(destination, files)
    // Attributes of an image do not prove that there is one: reading it has told.
    if (pictureCount(instance) === 0) return []
    throw error
  }
  return files.sort((a, b) => (a.frame ?? 0) - (b.frame ?? 0))
}

async function translated<T>(operation: Promise<T>, path: string): Promise<T> {
  try {
    return await operation
  } catch (error) {
    throw error instanceof OutputError ? error : outputError(error, 'export into', path)
  }
}
