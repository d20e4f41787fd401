import { tags } from '@ahi-dicom/dicom-standard'
import { openPart10, plainText, UnreadableFileError } from '@ahi-dicom/dicom-standard/reader'
import type { Side } from '../difference.ts'
import type { DiffEvent } from './events.ts'
import { reasonOf, withFile, type FileFolder, type FolderEntry } from './file-folder.ts'

/** The files of an instance. */
interface IndexEntry {
  /** Paths of its files, in the order of the listing. */
  readonly paths: readonly [string, ...string[]]
  /** Number of its series. Equal SeriesInstanceUIDs have equal numbers in an index. */
  readonly series: number
}

/** The instances of a folder. Only paths and UIDs of the files are kept. */
export interface FolderIndex {
  readonly entries: Map<string, IndexEntry>
  readonly seriesNumbers: Map<string, number>
}

/** The result of reading the header of a file. */
type Header = { readonly sopInstanceUid: string; readonly seriesInstanceUid: string } | { readonly event: DiffEvent }

/** Number of files whose headers are read at a time. */
const readAtATime = 8

/** Creates an empty index for {@link fillIndex}. */
export function createIndex(): FolderIndex {
  return { entries: new Map(), seriesNumbers: new Map() }
}

/** Reads the headers of all files of a folder into the index. Yields the files that are not indexed, and duplicates. */
export async function* fillIndex(
  folder: FileFolder,
  { entries, seriesNumbers }: FolderIndex,
  { side, signal }: { readonly side: Side; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<DiffEvent> {
  for await (const { path, header } of headersOf(folder, side, signal)) {
    if ('event' in header) {
      yield header.event
      continue
    }
    const { sopInstanceUid, seriesInstanceUid } = header
    const first = entries.get(sopInstanceUid)
    if (first === undefined) {
      const series = seriesNumbers.get(seriesInstanceUid) ?? seriesNumbers.size
      seriesNumbers.set(seriesInstanceUid, series)
      entries.set(sopInstanceUid, { paths: [path], series })
    } else {
      entries.set(sopInstanceUid, { ...first, paths: [...first.paths, path] })
      yield { kind: 'duplicate', side, sopInstanceUid, path, comparedPath: first.paths[0] }
    }
  }
}

async function* headersOf(
  folder: FileFolder,
  side: Side,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly path: string; readonly header: Header }> {
  let batch: FolderEntry[] = []
  for await (const entry of folder.list()) {
    signal?.throwIfAborted()
    batch.push(entry)
    if (batch.length < readAtATime) continue
    yield* await readHeaders(folder, side, batch)
    batch = []
  }
  yield* await readHeaders(folder, side, batch)
}

async function readHeaders(
  folder: FileFolder,
  side: Side,
  batch: readonly FolderEntry[],
): Promise<{ readonly path: string; readonly header: Header }[]> {
  return await Promise.all(
    batch.map(async (entry) => ({ path: entry.path, header: await readHeader(folder, side, entry) })),
  )
}

async function readHeader(folder: FileFolder, side: Side, { path, isLink = false }: FolderEntry): Promise<Header> {
  if (isLink) return { event: { kind: 'left-out', side, path, reason: 'it is a link' } }
  try {
    const { dataSet } = await withFile(folder, path, (file) =>
      openPart10(file, { endBefore: tags.seriesInstanceUid + 1 }),
    )
    const sopInstanceUid = plainText(dataSet.get(tags.sopInstanceUid))
    if (sopInstanceUid !== '') {
      return { sopInstanceUid, seriesInstanceUid: plainText(dataSet.get(tags.seriesInstanceUid)) }
    }
    return { event: { kind: 'left-out', side, path, reason: 'it has no SOPInstanceUID' } }
  } catch (error) {
    if (error instanceof UnreadableFileError && error.code === 'NOT_DICOM') {
      return { event: { kind: 'left-out', side, path, reason: 'it is not DICOM' } }
    }
    return { event: { kind: 'unreadable', side, path, reason: reasonOf(error) } }
  }
}
