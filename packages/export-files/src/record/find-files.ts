import type { Destination, ListedFile } from '../destination/destination.ts'
import { createKeyMap, type KeyMapOptions } from '../keys/key-map.ts'
import { foldCase } from '../layout/fold-case.ts'
import { digestOf } from '../reading/digest-content.ts'
import { readAhead } from '../reading/read-ahead.ts'
import { createGroupedKeys, splitPath } from './grouped-key.ts'
import type { OtherRecords } from './other-records.ts'
import type { ManifestFile } from './read-manifest.ts'
import { isStaged } from './safe-path.ts'
import { isOfStarted, type StartedStems } from './started-items.ts'

/** Number of files that are read at a time, so that reading one overlaps with hashing another. */
const concurrentReads = 4
/** Number of concurrent calls of `Destination.size`. */
const concurrentSizes = 32
/** Number of concurrent calls of `Destination.isOwn`. */
const concurrentChecks = 16

/** Options of {@link findFiles}. */
export interface FindFilesOptions extends KeyMapOptions {
  readonly signal?: AbortSignal | undefined
  /** Instances and series whose files an earlier run had begun to write. */
  readonly started: StartedStems
  /** Returns true if the manifest names a path, or if it is a path of the record. */
  isNamed(path: string): boolean
  /** Other records of the destination. Files that they name are not removed. */
  readonly others: Pick<OtherRecords, 'name'>
}

/** A recorded file, with `isThere` true if it exists unchanged. */
export interface FoundFile {
  readonly file: ManifestFile
  readonly isThere: boolean
}

/**
 * Compares the recorded files with the files of the destination.
 *
 * - Flushed files are compared by size. If the destination cannot be listed, they count as unchanged.
 * - Other files are compared by SHA-256, because a power cut may have emptied them. If one differs or cannot be read,
 *   it is removed, so that no later run counts it as flushed.
 * - Files in the staging folder are removed. So are files that no line names, if an earlier run had begun to write
 *   them or `Destination.isOwn` is true for them. Files that the record of another writer names stay.
 */
export async function* findFiles(
  destination: Destination,
  files: AsyncIterable<ManifestFile>,
  options: FindFilesOptions,
): AsyncGenerator<FoundFile> {
  const { started } = options
  const isLeft = (path: string): boolean | Promise<boolean> => {
    if (isStaged(path)) return true
    if (options.isNamed(path)) return false
    return isOfStarted(started, path) || (destination.isOwn?.(path) ?? false)
  }
  using sizes = await listSizes(destination, { ...options, isLeft })
  const removeOwn = async (path: string): Promise<void> => {
    if (isStaged(path) || !(await options.others.name(path))) await destination.remove(path)
  }
  for (const path of sizes.left) await removeOwn(path)
  async function find(file: ManifestFile): Promise<FoundFile> {
    options.signal?.throwIfAborted()
    if (!sizes.agree(file)) return { file, isThere: false }
    // If the destination cannot be read, the line is trusted: it was written after the destination had stored the file.
    const isSure = file.isFlushed && (destination.read === undefined || !isOfStarted(started, file.path))
    if (isSure || (await isIntact(destination, file, options.signal))) return { file, isThere: true }
    await removeOwn(file.path)
    return { file, isThere: false }
  }
  yield* readAhead(files, concurrentReads - 1, find)
}

/**
 * Yields the recorded files that are missing or have another size. Reads no file. If the destination has neither `size`
 * nor `list`, yields nothing.
 */
export async function* missingFiles<File extends Pick<ManifestFile, 'path' | 'bytes'>>(
  destination: Destination,
  files: AsyncIterable<File>,
  options: KeyMapOptions,
): AsyncGenerator<File> {
  if (destination.size === undefined) {
    using sizes = await listSizes(destination, options)
    for await (const file of files) if (!sizes.agree(file)) yield file
    return
  }
  const compare = async (file: File): Promise<File | undefined> => {
    // If the request for its size fails, the file counts as lost, so that the export is not called complete.
    const byteLength = await destination.size?.(file.path).catch(() => undefined)
    return byteLength === file.bytes ? undefined : file
  }
  for await (const file of readAhead(files, concurrentSizes - 1, compare)) if (file !== undefined) yield file
}

/** Sizes of the files of a destination. */
interface ListedSizes extends Disposable {
  /** Paths of files that an earlier run left behind. */
  readonly left: readonly string[]
  /** Returns true if a file with this path and size exists, or if the destination cannot be listed. */
  agree(file: Pick<ManifestFile, 'path' | 'bytes'>): boolean
}

interface ListSizesOptions extends KeyMapOptions {
  readonly signal?: AbortSignal | undefined
  /** Returns true if an earlier run left the file behind. */
  isLeft?(path: string): boolean | Promise<boolean>
}

async function listSizes(destination: Destination, options: ListSizesOptions): Promise<ListedSizes> {
  if (destination.list === undefined) return { left: [], agree: () => true, [Symbol.dispose]() {} }
  const sizes = createKeyMap<readonly number[]>(options)
  const keyOf = createGroupedKeys()
  // A case-insensitive file system lists the folder name that was created first. Some change the Unicode normal form.
  const key = (path: string): string => keyOf(...splitPath(foldCase(path)))
  const left: string[] = []
  const add = (name: string, byteLength: number): void => {
    if (!sizes.add(name, [byteLength])) sizes.set(name, [...(sizes.get(name) ?? []), byteLength])
  }
  const look = async (file: ListedFile): Promise<ListedFile & { readonly isLeft: boolean }> => ({
    ...file,
    isLeft: (await options.isLeft?.(file.path)) === true,
  })
  for await (const { path, byteLength, isLink, isLeft } of readAhead(each(destination), concurrentChecks - 1, look)) {
    options.signal?.throwIfAborted()
    if (isLeft) left.push(path)
    else if (isLink !== true) add(key(path), byteLength)
  }
  return {
    left,
    agree: ({ path, bytes }) => sizes.get(key(path))?.includes(bytes) === true,
    [Symbol.dispose]: () => sizes[Symbol.dispose](),
  }
}

async function* each(destination: Destination): AsyncGenerator<ListedFile> {
  yield* destination.list?.() ?? []
}

async function isIntact(
  destination: Destination,
  file: ManifestFile,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    const content = await destination.read?.(file.path, { signal })
    return content !== undefined && (await digestOf(content)).sha256 === file.sha256
  } catch {
    signal?.throwIfAborted()
    return false
  }
}
