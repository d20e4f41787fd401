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

/** Files that are read at a time: reading one overlaps with hashing another. */
const readsUnderWay = 4
/** Files whose size is asked for at a time. */
const sizesUnderWay = 32
/** Files that no line names, and of which a destination is asked at a time whether they are its own. */
const looksUnderWay = 16

/** Options of {@link findFiles}. */
export interface FindFilesOptions extends KeyMapOptions {
  readonly signal?: AbortSignal | undefined
  /** Instances whose files an earlier run had begun to write. */
  readonly started: StartedStems
  /** Returns whether the manifest names a path. */
  isNamed(path: string): boolean
  /** Other records of the destination: files that they name are not removed. */
  readonly others: Pick<OtherRecords, 'name'>
}

/** A recorded file, and whether it is still as it was written. */
export interface FoundFile {
  readonly file: ManifestFile
  readonly isThere: boolean
}

/**
 * Looks for recorded files. Flushed files are compared by size, the others by SHA-256, since a power cut may have emptied
 * them; those that differ or cannot be read are removed, so that no later run takes them for flushed. In a destination
 * that can be neither listed nor read, flushed files count as there. Removes files that wait in the staging folder, and those that an
 * earlier run had begun to write, or that the destination knows as its own: no line names them. Another writer may have
 * written such a file since: what another record names stays.
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
    // What cannot be read back is believed: its line was written after the destination had answered.
    const isSure = file.isFlushed && (destination.read === undefined || !isOfStarted(started, file.path))
    if (isSure || (await isIntact(destination, file, options.signal))) return { file, isThere: true }
    await removeOwn(file.path)
    return { file, isThere: false }
  }
  yield* readAhead(files, readsUnderWay - 1, find)
}

/**
 * Yields the recorded files that are not there with their size. None is read. In a destination that tells neither sizes nor
 * files, all files count as there.
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
    // A file whose size cannot be asked for counts as lost: the export is not called complete.
    const byteLength = await destination.size?.(file.path).catch(() => undefined)
    return byteLength === file.bytes ? undefined : file
  }
  for await (const file of readAhead(files, sizesUnderWay - 1, compare)) if (file !== undefined) yield file
}

/** Sizes of the files of a destination. */
interface ListedSizes extends Disposable {
  /** Files that an earlier run has left. */
  readonly left: readonly string[]
  agree(file: Pick<ManifestFile, 'path' | 'bytes'>): boolean
}

interface ListSizesOptions extends KeyMapOptions {
  readonly signal?: AbortSignal | undefined
  /** Returns whether a file was left by an earlier run. */
  isLeft?(path: string): boolean | Promise<boolean>
}

async function listSizes(destination: Destination, options: ListSizesOptions): Promise<ListedSizes> {
  if (destination.list === undefined) return { left: [], agree: () => true, [Symbol.dispose]() {} }
  const sizes = createKeyMap<readonly number[]>(options)
  const keyOf = createGroupedKeys()
  // File systems without case list the folder that was made first, and some list names in another normal form.
  const key = (path: string): string => keyOf(...splitPath(foldCase(path)))
  const left: string[] = []
  const add = (name: string, byteLength: number): void => {
    if (!sizes.add(name, [byteLength])) sizes.set(name, [...(sizes.get(name) ?? []), byteLength])
  }
  const look = async (file: ListedFile): Promise<ListedFile & { readonly isLeft: boolean }> => ({
    ...file,
    isLeft: (await options.isLeft?.(file.path)) === true,
  })
  for await (const { path, byteLength, isLink, isLeft } of readAhead(each(destination), looksUnderWay - 1, look)) {
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
