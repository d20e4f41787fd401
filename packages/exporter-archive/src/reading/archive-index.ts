import { createKeyMap, OutputError, type FileContent, type KeyMap, type ListedFile } from '@ahi-dicom/export-files'
import { errorCodeOf, fileError } from '../file/file-error.ts'

/** Position of an entry's content in the archive. Numbers are bytes. */
export interface EntryPlace {
  readonly start: number
  /** Size in the archive, which may be compressed. */
  readonly storedBytes: number
  /** Size of the unpacked content. */
  readonly byteLength: number
  readonly isDeflated: boolean
}

/** Finds the entries of an archive by path. Paths are only compared, so an entry cannot write outside of a folder. */
export interface ArchiveIndex {
  find(path: string): EntryPlace | undefined
  list(): Iterable<ListedFile>
}

/** Adds entries to an index. */
export interface IndexBuilder {
  /** Adds a file. It replaces an earlier entry with the same path, as it does when an archive is unpacked. */
  file(path: string, place: EntryPlace): void
  /** Adds an entry that is neither a file nor a folder. */
  link(path: string): void
}

/** Bytes of memory for the index. More entries go to a temporary database. */
const indexMemory = 2 ** 24

type Entry = readonly [start: number, storedBytes: number, byteLength: number, isDeflated: 0 | 1] | null

/** Builds the index of an archive. `scan` reads the archive and adds its entries. */
export async function buildIndex(scan: (builder: IndexBuilder) => Promise<void>): Promise<ArchiveIndex> {
  const entries: KeyMap<Entry> = createKeyMap<Entry>({ maxMemory: indexMemory })
  await scan({
    file: (path, { start, storedBytes, byteLength, isDeflated }) =>
      entries.set(path, [start, storedBytes, byteLength, isDeflated ? 1 : 0]),
    link: (path) => entries.set(path, null),
  })
  return {
    find(path) {
      const entry = entries.get(path)
      if (entry === undefined || entry === null) return undefined
      const [start, storedBytes, byteLength, isDeflated] = entry
      return { start, storedBytes, byteLength, isDeflated: isDeflated === 1 }
    },
    *list() {
      for (const [path, entry] of entries.entries()) {
        yield entry === null ? { path, byteLength: 0, isLink: true } : { path, byteLength: entry[2] }
      }
    },
  }
}

/** Returns the error for an archive that cannot be read. */
export function unreadable(path: string, cause: unknown): OutputError {
  if (cause instanceof OutputError) return cause
  if (errorCodeOf(cause)?.startsWith('E') === true && !errorCodeOf(cause)?.startsWith('ERR_')) {
    if (errorCodeOf(cause) !== 'ENOENT') return fileError(cause, 'read', path)
    return new OutputError('OUTPUT_NOT_FOUND', `Cannot read "${path}": the file does not exist; check its name`, {
      path,
      cause,
    })
  }
  const said = cause instanceof Error ? cause.message : String(cause)
  const message = `Cannot read "${path}": it is damaged, incomplete or not an archive (${said}); export again`
  return new OutputError('OUTPUT_NOT_READABLE', message, { path, cause })
}

/** Yields the content of an entry. Throws if it is longer or shorter than `byteLength`, the size that the archive states. */
export async function* exactly(content: AsyncIterable<Buffer>, byteLength: number): FileContentGenerator {
  let read = 0
  for await (const chunk of content) {
    read += chunk.byteLength
    if (read > byteLength) throw new Error('an entry is longer than the archive says')
    yield chunk
  }
  if (read < byteLength) throw new Error('an entry is shorter than the archive says')
}

type FileContentGenerator = AsyncGenerator<Buffer> & FileContent
