import type { Destination } from '../destination/destination.ts'
import type { FileDigest } from '../destination/file-writer.ts'
import { dicomdirPath } from '../destination/record-store.ts'
import { createKeyMap, type KeyMapOptions } from '../keys/key-map.ts'
import type { DirectoryEntry } from '../media/directory-entry.ts'
import { directoryOrder, directoryRecords, type ListedInstance } from '../media/directory-records.ts'
import { encodeDicomdir } from '../media/encode-dicomdir.ts'
import { readDirectoryEntry } from '../media/read-directory-entry.ts'
import type { RecordedFile, RecordedInstanceFile } from './manifest-line.ts'
import { readManifest } from './read-manifest.ts'

/** Result of {@link writeDicomdir}. */
export interface WrittenDicomdir {
  /** Size and SHA-256 of the DICOMDIR. Undefined if there is no file to list, and so no DICOMDIR. */
  readonly digest: FileDigest | undefined
  /** Recorded DICOM files that are not listed, because their keys are not recorded and cannot be read from the file. */
  readonly unlisted: readonly RecordedFile[]
}

/** Options of {@link writeDicomdir}. */
export interface WriteDicomdirOptions extends KeyMapOptions {
  readonly signal?: AbortSignal | undefined
}

/** Memory of an entry of this map, compared with an entry of other maps. */
const entryWeight = 4
/** Largest number of directory records for an instance: one at each level. */
const mostRecords = 4

/**
 * Writes the DICOMDIR of all DICOM files that the manifest names, and replaces an earlier one. The keys of an instance
 * come from its line. If the line has none, they are read from the file.
 *
 * @throws {OutputError} if the destination refuses the DICOMDIR, or if it would be too large
 */
export async function writeDicomdir(
  destination: Destination,
  { signal, maxMemory }: WriteDicomdirOptions,
): Promise<WrittenDicomdir> {
  const ofEntries = maxMemory === undefined ? undefined : maxMemory / entryWeight
  using manifest = await readManifest(destination.record, { signal, maxMemory, allowsMissing: true })
  using instances = createKeyMap<ListedInstance>({ maxMemory: ofEntries })
  const unlisted: RecordedFile[] = []
  for await (const file of manifest?.files() ?? []) {
    if (file.scope === 'series' || file.format !== 'dcm' || file.line < (manifest?.index.startOverLine ?? 0)) continue
    const entry = isFileId(file.path) ? (file.directory ?? (await readEntry(destination, file, signal))) : undefined
    if (entry === undefined) unlisted.push(file)
    else add({ ...file, entry })
  }

  function add(file: ListedInstance & Pick<RecordedInstanceFile, 'sopInstanceUid'>): void {
    const { path, studyInstanceUid, seriesInstanceUid, sopClassUid, sopInstanceUid, transferSyntaxUid, entry } = file
    const listed = { path, studyInstanceUid, seriesInstanceUid, sopClassUid, sopInstanceUid, transferSyntaxUid, entry }
    instances.set(directoryOrder(listed), listed)
  }

  function* inOrder(): Generator<ListedInstance> {
    for (const [, instance] of instances.sortedEntries()) yield instance
  }

  if (instances.size === 0) {
    await destination.remove(dicomdirPath)
    return { digest: undefined, unlisted }
  }
  const chunks = encodeDicomdir(() => directoryRecords(inOrder()), mostRecords * instances.size)
  const file = { path: dicomdirPath, format: 'dicomdir', mediaType: 'application/dicom', chunks }
  const { byteLength, sha256 } = await destination.write(file, { signal })
  await destination.flush?.()
  return { digest: { byteLength, sha256 }, unlisted }
}

/** Returns true if a path is a valid File ID (PS3.10 8.2). */
function isFileId(path: string): boolean {
  return /^[A-Z0-9_]{1,8}(?:\/[A-Z0-9_]{1,8}){0,7}$/u.test(path)
}

/** Reads the keys of an instance from its file. Returns undefined if the file cannot be read. */
async function readEntry(
  destination: Destination,
  { path, sopClassUid, bytes }: RecordedInstanceFile,
  signal: AbortSignal | undefined,
): Promise<DirectoryEntry | undefined> {
  try {
    const content = await destination.read?.(path, { signal })
    return content && (await readDirectoryEntry({ sopClassUid, byteLength: bytes, content }))
  } catch {
    signal?.throwIfAborted()
    return undefined
  }
}
