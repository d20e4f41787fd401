import {
  createKeyMap,
  dicomdirPath,
  maskPath,
  OutputError,
  recordNames,
  type OutputFile,
  type PathMask,
  type StoredFile,
  type WriteFileOptions,
} from '@ahi-dicom/export-files'
import type { ArchiveFormat } from '../format/archive-format.ts'
import { fixedTime } from '../format/entry-writer.ts'
import { namedPaths } from '../record/named-paths.ts'
import { createSpooledRecord, type SpooledRecord } from '../record/spooled-record.ts'
import { stableRecord } from '../record/stable-record.ts'
import { createSortedContents } from '../sorting/sorted-contents.ts'
import { createSpool, type SpooledContent } from '../spool/spool.ts'
import { createEntryQueue, type ArchiveOutput } from './entry-queue.ts'

/** Options of {@link createArchiveSession}. */
export interface ArchiveSessionOptions {
  readonly output: ArchiveOutput
  readonly format: ArchiveFormat
  readonly compression: number
  readonly isReproducible: boolean
  /** Permissions of entries. */
  readonly mode: number
  /** Bytes of memory for contents that are not in the archive yet. */
  readonly maxMemory: number
  /** Folder of temporary files. */
  readonly folder: string
  /** Parts of paths to hide in messages. */
  readonly mask: PathMask
}

/** An archive that is being written. */
export interface ArchiveSession {
  readonly record: SpooledRecord
  write(file: OutputFile, options?: WriteFileOptions): Promise<StoredFile>
  remove(path: string): Promise<void>
  /** Returns the size of a file that is in the archive or waits for its entry. */
  size(path: string): number | undefined
  /** Adds the record and the end of the archive. Resolves when everything is written. */
  finish(): Promise<void>
  /** Stops and frees all resources. The archive stays incomplete. */
  abandon(): Promise<void>
}

/** Bytes of memory for the names of entries. */
const namesMemory = 2 ** 24

/**
 * Starts an archive. A file becomes an entry only when the manifest names it, because entries cannot be removed: if one file of
 * an instance fails, the export removes its other files. Without a record, files wait until the end.
 */
export function createArchiveSession(options: ArchiveSessionOptions): ArchiveSession {
  const { output, format, compression, isReproducible, mode, maxMemory, folder, mask } = options
  const time = isReproducible ? fixedTime : new Date()
  const spool = createSpool({ folder, maxMemory })
  const queue = createEntryQueue(output, {
    format,
    compression,
    mode,
    time,
    isFixedTime: isReproducible,
    maxWaiting: maxMemory / 2,
  })
  const sizes = createKeyMap<number>({ maxMemory: namesMemory })
  const waiting = new Map<string, SpooledContent>()
  const sorted = isReproducible ? createSortedContents(folder) : undefined
  let sorting: Promise<void> = Promise.resolve()
  const record = createSpooledRecord({ folder, onAppended: take, onSummary: settled })

  function take(name: string, text: string): void {
    if (name === recordNames.manifest) for (const path of namedPaths(text)) enter(path)
  }

  /** Adds a waiting file to the archive. */
  function enter(path: string): void {
    const content = waiting.get(path)
    if (content === undefined) return
    waiting.delete(path)
    if (sorted === undefined) queue.add(path, content)
    else sorting = sorting.then(() => sorted.add(path, content)).finally(() => content.release())
    // `settled` and `write` await `sorting` and throw its error.
    sorting.catch(() => undefined)
  }

  async function settled(): Promise<void> {
    await sorting
    await queue.settled()
  }

  function requireChangeable(path: string): void {
    if (!sizes.has(path) || waiting.has(path)) return
    const { name } = output
    const message =
      `Cannot change "${maskPath(path, mask)}" in "${name}": entries of an archive cannot be changed; ` +
      'export again under another name'
    throw new OutputError('OUTPUT_FILE_REFUSED', message, { path: name })
  }

  async function forget(path: string): Promise<void> {
    requireChangeable(path)
    const content = waiting.get(path)
    waiting.delete(path)
    sizes.delete(path)
    await content?.release()
  }

  async function addRecord(): Promise<void> {
    if (isReproducible) {
      for await (const [name, content] of stableRecord(record.files(), { time, rewrite: spool.take }))
        queue.add(name, content)
      return
    }
    for (const { name, chunks } of record.files()) queue.add(name, await spool.take(chunks()))
  }

  async function close(): Promise<void> {
    for (const content of waiting.values()) await content.release()
    waiting.clear()
    sizes[Symbol.dispose]()
    await sorting.catch(() => undefined)
    await sorted?.close()
    await record.close()
  }

  return {
    record,
    async write({ path, chunks }, writeOptions) {
      await queue.room()
      await sorting
      const content = await spool.take(chunks, writeOptions)
      const { byteLength, sha256 } = content
      try {
        await forget(path)
      } catch (error) {
        await content.release()
        throw error
      }
      waiting.set(path, content)
      sizes.set(path, byteLength)
      return { path, byteLength, sha256 }
    },
    remove: forget,
    size: (path) => sizes.get(path),
    async finish() {
      try {
        // Files that the manifest does not name are not part of the export, except for the DICOMDIR.
        if (!record.isUsed) for (const path of waiting.keys()) enter(path)
        enter(dicomdirPath)
        await settled()
        for (const [path, content] of sorted?.contents() ?? []) {
          await queue.room()
          queue.add(path, content)
        }
        await queue.settled()
        await addRecord()
        await queue.finish()
      } catch (error) {
        await queue.abandon()
        throw error
      } finally {
        await close()
      }
    },
    async abandon() {
      await queue.abandon()
      await close()
    },
  }
}
