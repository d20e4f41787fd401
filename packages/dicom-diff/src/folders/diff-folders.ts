import { openPart10, UnreadableFileError } from '@ahi-dicom/dicom-standard/reader'
import type { NormalisationId } from '../normalisations.ts'
import type { Difference, Side } from '../difference.ts'
import { compareInstances, type CompareOptions, type InstanceComparison } from '../instance/compare-instances.ts'
import type { ComparedFiles, DiffEvent, DiffSummary } from './events.ts'
import { reasonOf, withFile, type FileFolder } from './file-folder.ts'
import { createIndex, fillIndex } from './index-folder.ts'
import { createSeriesCompanions, type IndexedFolder } from './series-companions.ts'

/** Options of {@link diffFolders}. */
export interface DiffOptions extends Omit<CompareOptions, 'companions' | 'output'> {
  /** True to count AHI's normalisations as differences. Default false. */
  readonly isStrict?: boolean | undefined
  /** Called when all files of both folders are indexed. */
  readonly onIndexed?: ((instances: Readonly<Record<Side, number>>) => void) | undefined
}

interface Counts {
  compared: number
  equal: number
  different: number
  notCompared: number
  missing: number
  extra: number
  duplicates: number
  unreadable: number
  leftOut: number
  differences: number
  readonly normalised: Map<NormalisationId, number>
}

type Folders = Readonly<Record<Side, IndexedFolder>>

/**
 * Compares the DICOM files of two folders, matched by SOP Instance UID, one pair at a time. If one folder is an export,
 * AHI's normalisations are counted separately. Only paths and UIDs of the files are kept in memory.
 *
 * @example
 * import { diffFolders } from '@ahi-dicom/dicom-diff'
 * import { folderFiles } from '@ahi-dicom/exporter-fs'
 *
 * for await (const event of diffFolders(folderFiles('.'), folderFiles('exported'))) {
 *   if (event.kind === 'summary') console.log(event.isEqual)
 * }
 */
export async function* diffFolders(a: FileFolder, b: FileFolder, options: DiffOptions = {}): AsyncGenerator<DiffEvent> {
  const folders: Folders = { a: { folder: a, index: createIndex() }, b: { folder: b, index: createIndex() } }
  const counts: Counts = {
    compared: 0,
    equal: 0,
    different: 0,
    notCompared: 0,
    missing: 0,
    extra: 0,
    duplicates: 0,
    unreadable: 0,
    leftOut: 0,
    differences: 0,
    normalised: new Map(),
  }
  for await (const event of findings(folders, counts, options)) {
    count(event, counts)
    yield event
  }
  yield summaryOf(counts, folders)
}

async function* findings(folders: Folders, counts: Counts, options: DiffOptions): AsyncGenerator<DiffEvent> {
  const { signal } = options
  for (const side of ['a', 'b'] as const) {
    yield* fillIndex(folders[side].folder, folders[side].index, { side, signal })
  }
  const [ours, theirs] = [folders.a.index.entries, folders.b.index.entries]
  options.onIndexed?.({ a: ours.size, b: theirs.size })
  const explaining = await explainedBy(folders)
  const bySeries = [...ours].sort(([, left], [, right]) => left.series - right.series)
  for (const [sopInstanceUid, { paths }] of bySeries) {
    signal?.throwIfAborted()
    const other = theirs.get(sopInstanceUid)
    if (other === undefined) yield { kind: 'missing', sopInstanceUid, path: paths[0] }
    else {
      const pairs = paths.flatMap((a) => other.paths.map((b): ComparedFiles => ({ sopInstanceUid, a, b })))
      yield* compareInstance(folders, pairs, { ...options, ...explaining }, counts)
    }
  }
  for (const [sopInstanceUid, { paths }] of theirs) {
    if (!ours.has(sopInstanceUid)) yield { kind: 'extra', sopInstanceUid, path: paths[0] }
  }
}

/**
 * Returns the options that explain differences. The record of an export shows which folder is the export. Two exports
 * have no originals to explain anything.
 */
async function explainedBy(folders: Folders): Promise<Pick<CompareOptions, 'companions' | 'output'>> {
  const isExport = { a: await folders.a.folder.isExport?.(), b: await folders.b.folder.isExport?.() }
  if (isExport.a === true && isExport.b === true) return {}
  const companions = createSeriesCompanions(folders)
  if (isExport.a === true) return { companions, output: 'a' }
  return isExport.b === true ? { companions, output: 'b' } : { companions }
}

/** Compares the files of an instance until two are equal. If none are, the first pair counts. */
async function* compareInstance(
  folders: Folders,
  pairs: readonly ComparedFiles[],
  options: DiffOptions & CompareOptions,
  counts: Counts,
): AsyncGenerator<DiffEvent> {
  let reported: ComparedPair | undefined
  for (const files of pairs) {
    const pair = await comparePair(folders, files, options)
    if (pair.isEqual) reported = pair
    reported ??= pair
    if (pair.isEqual) break
  }
  if (reported === undefined) return
  for (const id of reported.normalised) counts.normalised.set(id, (counts.normalised.get(id) ?? 0) + 1)
  yield* reported.events
}

/** The result of comparing two files. */
interface ComparedPair {
  readonly isEqual: boolean
  readonly normalised: readonly NormalisationId[]
  readonly events: readonly DiffEvent[]
}

async function comparePair(
  folders: Folders,
  files: ComparedFiles,
  options: DiffOptions & CompareOptions,
): Promise<ComparedPair> {
  const comparison = await compared(folders, files, options)
  if (Array.isArray(comparison)) return { isEqual: false, normalised: [], events: comparison }
  const differences = [...comparison.differences, ...(options.isStrict === true ? comparison.normalised : [])]
  const { notCompared: reason, pixels } = comparison
  return {
    isEqual: differences.length === 0 && reason === undefined,
    normalised: comparison.normalised.flatMap(({ normalisation }) => normalisation ?? []),
    events: [
      ...differences.map((difference): DiffEvent => differenceEvent(files, difference)),
      ...(reason === undefined ? [] : [{ kind: 'not-compared', ...files, reason } as const]),
      { kind: 'compared', ...files, differences: differences.length, pixels },
    ],
  }
}

function differenceEvent(files: ComparedFiles, difference: Difference): DiffEvent {
  return { kind: 'difference', ...files, ...difference }
}

/** Compares the files of an instance. If one cannot be read, returns events that name it. */
async function compared(
  { a, b }: Folders,
  files: ComparedFiles,
  options: CompareOptions,
): Promise<InstanceComparison | DiffEvent[]> {
  try {
    return await withFile(a.folder, files.a, (one) =>
      withFile(b.folder, files.b, (other) => compareInstances(one, other, options)),
    )
  } catch (error) {
    options.signal?.throwIfAborted()
    const unreadable = [...(await whyUnreadable(a, files.a, 'a')), ...(await whyUnreadable(b, files.b, 'b'))]
    if (unreadable.length === 0) throw error
    return unreadable
  }
}

async function whyUnreadable({ folder }: IndexedFolder, path: string, side: Side): Promise<DiffEvent[]> {
  try {
    await withFile(folder, path, (file) => openPart10(file))
    return []
  } catch (error) {
    if (!(error instanceof UnreadableFileError) && !hasCode(error)) throw error
    return [{ kind: 'unreadable', side, path, reason: reasonOf(error) }]
  }
}

/**
 * Returns true for errors of the file system and of folders, which have a code. Other errors are faults of this
 * program.
 */
function hasCode(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}

function count(event: DiffEvent, counts: Counts): void {
  if (event.kind === 'compared') {
    counts.compared += 1
    if (event.differences > 0) counts.different += 1
    else if (event.pixels !== 'not compared') counts.equal += 1
  } else if (event.kind === 'difference') counts.differences += 1
  else if (event.kind === 'not-compared') counts.notCompared += 1
  else if (event.kind === 'missing') counts.missing += 1
  else if (event.kind === 'extra') counts.extra += 1
  else if (event.kind === 'duplicate') counts.duplicates += 1
  else if (event.kind === 'unreadable') counts.unreadable += 1
  else if (event.kind === 'left-out') counts.leftOut += 1
}

function summaryOf({ normalised, ...counts }: Counts, { a, b }: Folders): DiffSummary {
  const { different, notCompared, missing, extra, duplicates, unreadable } = counts
  return {
    kind: 'summary',
    schemaVersion: 1,
    instances: { a: a.index.entries.size, b: b.index.entries.size },
    ...counts,
    normalised: Object.fromEntries(normalised),
    isEqual: different + notCompared + missing + extra + duplicates + unreadable === 0,
  }
}
