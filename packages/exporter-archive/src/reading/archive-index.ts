import { createKeyMap, OutputError, type FileContent, type KeyMap, type ListedFile } from '@ahi-dicom/export-files'
import { errorCodeOf, fileError } from '../file/file-error.ts'

/** Where the content of an entry lies. */
export interface EntryPlace {
  readonly start: number
  /** Bytes in the archive. */
  readonly storedBytes: number
  readonly byteLength: number
  readonly isDeflated: boolean
}

/** Finds entries of an archive by their paths. Paths are compared only: nothing is unpacked. */
export interface ArchiveIndex {
  find(path: string): EntryPlace | undefined
  list(): Iterable<ListedFile>
}

/** Fills an index. */
export interface IndexBuilder {
  /** Takes a file. One of the same path takes its place, as it does when an archive is unpacked. */
  file(path: string, place: EntryPlace): void
  /** Takes what is neither a file nor a folder. */
  link(path: string): void
}

/** Names of entries in memory; more are in a temporary database. */
const indexMemory = 2 ** 24

type Entry = readonly [start: number, storedBytes: number, byteLength: number, isDeflated: 0 | 1] | null

/** Makes the index of an archive that `scan` reads. */
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

/** Makes the error for an archive that cannot be read. */
export function unreadable(path: string, cause: unknown): OutputError {
  if (cause instanceof OutputError) return cause
  if (errorCodeOf(cause)?.startsWith('E') === true && !errorCodeOf(cause)?.startsWith('ERR_')) {
    if (errorCodeOf(cause) !== 'ENOENT') return fileError(cause, 'read', path)
    return new OutputError('OUTPUT_NOT_FOUND', `Cannot read "${path}": there is no such file`, { path, cause })
  }
  const said = cause instanceof Error ? cause.message : String(cause)
  const message = `Cannot read "${path}": it is not a whole archive (${said}); export again`
  return new OutputError('OUTPUT_NOT_READABLE', message, { path, cause })
}

/** Content of an entry, which throws if there is more or less of it than the archive says. */
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
