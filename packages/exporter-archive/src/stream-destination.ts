import { tmpdir } from 'node:os'
import type { Writable } from 'node:stream'
import { OutputError, type Destination, type DestinationLimits } from '@ahi-dicom/export-files'
import type { ArchiveOptions } from './archive-destination.ts'
import { compressionOf, type ArchiveFormat } from './format/archive-format.ts'
import { recordInWriting } from './record/record-in-writing.ts'
import { createArchiveSession, type ArchiveSession } from './writing/archive-session.ts'
import { checkMemory, privateMode, usualMemory } from './writing/limits.ts'

/** Options of {@link streamDestination}. */
export interface StreamOptions extends ArchiveOptions {
  /** The output. It is left open: end it after a complete export, and destroy it otherwise. */
  readonly stream: Writable
  readonly format: Exclude<ArchiveFormat, 'zip'>
  /** Name of the stream in messages. Default `the stream`. */
  readonly name?: string | undefined
  /** Folder for temporary files. Default: the temporary folder of the system. */
  readonly temporaryFolder?: string | undefined
}

/**
 * Returns a destination that writes an export as a tar into a stream, such as standard output or an HTTP response. The export
 * waits for the reader of the stream. If the export does not finish, the end of the tar is missing.
 *
 * @throws {TypeError} if an option is invalid for the format
 * @example
 * import { createWriteStream } from 'node:fs'
 * import { streamDestination } from '@ahi-dicom/exporter-archive'
 *
 * const destination = streamDestination({ stream: createWriteStream('study.tar'), format: 'tar', name: 'study.tar' })
 * await exporter.exportTo({ datastoreId, selectors: 'all', destination })
 */
export function streamDestination(options: StreamOptions): Destination {
  const { stream, format, name = 'the stream', temporaryFolder = tmpdir() } = options
  const { reproducible = false, maxMemory = usualMemory } = options
  const compression = compressionOf(format, options.compression)
  checkMemory(maxMemory)
  let writing: ArchiveSession | undefined

  function session(): ArchiveSession {
    if (writing !== undefined) return writing
    throw new OutputError('OUTPUT_NOT_OPEN', `Cannot write to "${name}": open it first`, { path: name })
  }

  return {
    name,
    cannot: limits,
    record: {
      ...recordInWriting(() => session().record),
      read: async (file) => writing?.record.read(file),
      size: async (file) => writing?.record.size?.(file),
    },
    async open({ mask = [] } = {}) {
      writing = createArchiveSession({
        output: { name, stream, ends: false },
        format,
        compression,
        isReproducible: reproducible,
        mode: privateMode,
        maxMemory,
        folder: temporaryFolder,
        mask,
      })
    },
    write: (file, writeOptions) => session().write(file, writeOptions),
    remove: (path) => session().remove(path),
    size: async (path) => writing?.size(path),
    async close({ isFinished = true } = {}) {
      const ending = writing
      writing = undefined
      await (isFinished ? ending?.finish() : ending?.abandon())
    },
  }
}

const inOneGo = 'a stream is written in one go'

const limits: DestinationLimits = {
  resume: `${inOneGo}; export again from the start`,
  sync: `${inOneGo}; keep a folder up to date and pack it`,
  verify: 'a stream cannot be read back; unpack the archive where it was received, and name the folder',
}
