import type { Destination } from '../destination/destination.ts'
import { foldCase } from '../layout/fold-case.ts'
import { digestOf } from '../reading/digest-content.ts'
import { readAhead } from '../reading/read-ahead.ts'
import type { ManifestFile } from './read-manifest.ts'
import { isStaged } from './safe-path.ts'

/** Files that are read at a time: reading one overlaps with hashing another. */
const readsUnderWay = 4
/** Files whose size is asked for at a time. */
const sizesUnderWay = 32

/** Options of {@link findFiles}. */
export interface FindFilesOptions {
  readonly signal?: AbortSignal | undefined
  /** Called for files in the staging folder. */
  readonly onStaged?: ((path: string) => Promise<void>) | undefined
}

/**
 * Yields the recorded files that are still as they were written. Flushed files are compared by size, the others by
 * SHA-256, since a power cut may have emptied them; those that differ or cannot be read are removed, so that no later run
 * takes them for flushed. In a destination that cannot be listed, flushed files count as there.
 */
export async function* findFiles(
  destination: Destination,
  files: readonly ManifestFile[],
  options: FindFilesOptions,
): AsyncGenerator<ManifestFile> {
  const { signal } = options
  const present = await filesOfSize(destination, files, options)
  yield* present.filter(({ isFlushed }) => isFlushed)
  const unflushed = present.filter(({ isFlushed }) => !isFlushed)
  const read = (file: ManifestFile): Promise<ReadFile> => readFile(destination, file, signal)
  for await (const { file, isIntact } of readAhead(unflushed, readsUnderWay - 1, read)) {
    if (isIntact) yield file
    else await destination.remove(file.path)
  }
}

/**
 * Yields the recorded files that are not there with their size. None is read. In a destination that tells neither sizes nor
 * files, all files count as there.
 */
export async function* missingFiles<File extends Pick<ManifestFile, 'path' | 'bytes'>>(
  destination: Destination,
  files: AsyncIterable<File> | Iterable<File>,
): AsyncGenerator<File> {
  if (destination.size === undefined) {
    yield* missingInList(destination, files)
    return
  }
  const compare = async (file: File): Promise<File | undefined> => {
    // A file whose size cannot be asked for counts as lost: the export is not called complete.
    const byteLength = await destination.size?.(file.path).catch(() => undefined)
    return byteLength === file.bytes ? undefined : file
  }
  for await (const file of readAhead(files, sizesUnderWay - 1, compare)) if (file !== undefined) yield file
}

async function* missingInList<File extends Pick<ManifestFile, 'path' | 'bytes'>>(
  destination: Destination,
  files: AsyncIterable<File> | Iterable<File>,
): AsyncGenerator<File> {
  const all: File[] = []
  for await (const file of files) all.push(file)
  const present = new Set(await filesOfSize(destination, all, {}))
  yield* all.filter((file) => !present.has(file))
}

async function filesOfSize<File extends Pick<ManifestFile, 'path' | 'bytes'>>(
  destination: Destination,
  files: readonly File[],
  { signal, onStaged }: FindFilesOptions,
): Promise<readonly File[]> {
  if (destination.list === undefined) return files
  // File systems without case list the folder that was made first, and some list names in another normal form.
  const fileByFoldedPath = new Map(files.map((file) => [foldCase(file.path), file]))
  const found = new Set<File>()
  const staged: string[] = []
  for await (const { path, byteLength, isLink } of destination.list()) {
    signal?.throwIfAborted()
    if (isStaged(path)) staged.push(path)
    const file = fileByFoldedPath.get(foldCase(path))
    if (file !== undefined && file.bytes === byteLength && isLink !== true) found.add(file)
  }
  for (const path of staged) await onStaged?.(path)
  return files.filter((file) => found.has(file))
}

interface ReadFile {
  readonly file: ManifestFile
  readonly isIntact: boolean
}

async function readFile(
  destination: Destination,
  file: ManifestFile,
  signal: AbortSignal | undefined,
): Promise<ReadFile> {
  signal?.throwIfAborted()
  try {
    const content = await destination.read?.(file.path, { signal })
    const digest = content === undefined ? undefined : await digestOf(content)
    return { file, isIntact: digest?.sha256 === file.sha256 }
  } catch {
    signal?.throwIfAborted()
    return { file, isIntact: false }
  }
}
