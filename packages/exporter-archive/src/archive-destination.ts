import { dirname } from 'node:path'
import {
  OutputError,
  type Destination,
  type DestinationLimits,
  type ListedFile,
  type RecordStore,
} from '@ahi-dicom/export-files'
import { checkFile, freeSpaceFor, openPartialFile, type PartialFile } from './file/partial-file.ts'
import { archiveFormatOf, compressionOf, formatLabels, type ArchiveFormat } from './format/archive-format.ts'
import { openArchive, type OpenArchive } from './reading/open-archive.ts'
import { recordInWriting } from './record/record-in-writing.ts'
import { createArchiveSession, type ArchiveSession } from './writing/archive-session.ts'
import { checkMode, checkMemory, privateMode, usualMemory } from './writing/limits.ts'

/** Options of both destinations. */
export interface ArchiveOptions {
  /** Compression level, from 0 (none) to 9 (smallest). Default 0 for a ZIP, 6 for a tar.gz. A tar cannot be compressed. */
  readonly compression?: number | undefined
  /** Whether exports of the same instances have the same bytes; see the README. Default false. */
  readonly reproducible?: boolean | undefined
  /** Bytes of memory for files that wait for their entry. Files beyond it go to temporary files. Default 32 MiB. */
  readonly maxMemory?: number | undefined
}

/** Options of {@link archiveDestination}. */
export interface ArchiveFileOptions extends ArchiveOptions {
  /** Path of the archive. Its folder must exist. */
  readonly path: string
  /** Default: from the extension of `path`, which is `.zip`, `.tar`, `.tar.gz` or `.tgz`. */
  readonly format?: ArchiveFormat | undefined
  /** Permissions of the archive and of its unpacked files, such as `0o640`. Default `0o600`. */
  readonly mode?: number | undefined
}

/**
 * Returns a destination that writes an export into a ZIP or tar file. The record is in the last entries of the archive. The
 * file is named `NAME.partial` until it is complete.
 *
 * @throws {TypeError} if an option is invalid for the format
 * @example
 * import { archiveDestination } from '@ahi-dicom/exporter-archive'
 *
 * const destination = archiveDestination({ path: 'study.zip' })
 * const { outcome } = await exporter.exportTo({ datastoreId, selectors: 'all', destination })
 * console.log(outcome) // complete
 */
export function archiveDestination(options: ArchiveFileOptions): Destination {
  const { path, reproducible = false, mode = privateMode, maxMemory = usualMemory } = options
  const format = formatOf(options)
  const compression = compressionOf(format, options.compression)
  checkMode(mode)
  checkMemory(maxMemory)
  let writing: { readonly file: PartialFile; readonly session: ArchiveSession } | undefined
  let reading: Promise<OpenArchive> | undefined

  function session(): ArchiveSession {
    if (writing !== undefined) return writing.session
    throw new OutputError('OUTPUT_NOT_OPEN', `Cannot write "${path}": open it first`, { path })
  }

  /** Opens the existing archive for reading. An archive cannot be read while it is written. */
  function archive(): Promise<OpenArchive> {
    if (format === 'tar.gz') throw new OutputError('OUTPUT_UNSUPPORTED', `Cannot read "${path}": ${unpackIt}`, { path })
    reading ??= openArchive(path, format)
    return reading
  }

  const record: RecordStore = {
    ...recordInWriting(() => session().record),
    async read(name, readOptions) {
      return writing === undefined ? (await archive()).read(name, readOptions) : writing.session.record.read(name)
    },
    async size(name) {
      return writing === undefined ? (await archive()).size(name) : writing.session.record.size?.(name)
    },
  }

  async function* list(): AsyncGenerator<ListedFile> {
    yield* (await archive()).list()
  }

  return {
    name: path,
    record,
    cannot: limitsOf(format),
    async open({ mask = [], mode: outputMode = 'new' } = {}) {
      const file = await openPartialFile(path, { mode, replaces: outputMode === 'overwrite' })
      reading = undefined
      writing = {
        file,
        session: createArchiveSession({
          output: { name: path, stream: file.output, ends: true },
          format,
          compression,
          isReproducible: reproducible,
          mode,
          maxMemory,
          folder: dirname(path),
          mask,
        }),
      }
    },
    async check() {
      return writing === undefined ? await checkFile(path) : []
    },
    free: async () => ({ ...(await freeSpaceFor(path)), ...(reproducible && { copies: 2 }) }),
    write: (file, writeOptions) => session().write(file, writeOptions),
    remove: (entryPath) => session().remove(entryPath),
    size: async (entryPath) =>
      writing === undefined ? (await archive()).size(entryPath) : writing.session.size(entryPath),
    async read(entryPath, readOptions) {
      return (await archive()).read(entryPath, readOptions)
    },
    list,
    async close({ isFinished = true } = {}) {
      if (writing === undefined) return
      const { file, session: ending } = writing
      writing = undefined
      try {
        if (isFinished) await ending.finish()
        else await ending.abandon()
      } catch (error) {
        await file.drop()
        throw error
      }
      await (isFinished ? file.keep() : file.drop())
    },
  }
}

function formatOf({ path, format = archiveFormatOf(path) }: ArchiveFileOptions): ArchiveFormat {
  if (format !== undefined) return format
  throw new TypeError(
    `Expected the \`path\` option to end with .zip, .tar, .tar.gz or .tgz, or a \`format\` option, got \`${path}\``,
  )
}

const unpackIt = 'a tar.gz can only be read from its beginning; unpack it, and name the folder'

/** Returns the reasons why an archive cannot be resumed, synced or verified. */

function limitsOf(format: ArchiveFormat): DestinationLimits {
  const inOneGo = `${formatLabels[format]} is written in one go; export again`
  return {
    resume: `${inOneGo}, under another name, or in its place (mode 'overwrite')`,
    sync: `${inOneGo}, or keep a folder up to date and pack it`,
    ...(format === 'tar.gz' && { verify: unpackIt }),
  }
}
