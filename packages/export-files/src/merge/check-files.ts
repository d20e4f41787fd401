import type { Destination } from '../destination/destination.ts'
import type { FileDigest } from '../destination/file-writer.ts'
import { createKeySet } from '../keys/key-set.ts'
import type { KeyMapOptions } from '../keys/key-map.ts'
import { digestOf } from '../reading/digest-content.ts'
import { readAhead } from '../reading/read-ahead.ts'
import type { LostFile } from '../record/export-record.ts'
import type { RecordedFile } from '../record/manifest-line.ts'
import type { OtherRecords } from '../record/other-records.ts'
import { shortDigest } from '../record/item-digest.ts'
import { itemKeyOf } from '../record/item-key.ts'
import { isOfStarted, type StartedStems } from '../record/started-items.ts'
import { compareVersions } from './compare-versions.ts'
import type { Candidate, LineChoices } from './line-choices.ts'
import type { FileConflict } from './merged-records.ts'
import { sourceLines, type MergeSource } from './merge-source.ts'

/** Options of {@link checkFiles}. */
export interface CheckOptions extends KeyMapOptions {
  readonly signal?: AbortSignal | undefined
  /** Items whose files a killed run had begun to write. It may have replaced a file that another run recorded. */
  readonly started: StartedStems
  /** Records of writers that still run. Files that they name are left to them. */
  readonly running: Pick<OtherRecords, 'name'>
  /**
   * If true, files that match no line are removed. False while a writer still runs, which may have just written one.
   */
  readonly removes: boolean
}

/** Files that match no line. */
export interface CheckedFiles {
  readonly lost: readonly LostFile[]
  readonly conflicts: readonly FileConflict[]
}

/** Number of files that are read at a time, so that reading one overlaps with hashing another. */
const concurrentReads = 4
/** Number of files that are flushed at a time. */
const flushedAtOnce = 1024

/**
 * Reads the files that may differ from their line: records disagree about the file, a killed run may have overwritten
 * it, or it may not have survived a power cut. Keeps the newest line that matches the file, and flushes the file.
 */
export async function checkFiles(
  destination: Destination,
  sources: readonly MergeSource[],
  choices: LineChoices,
  options: CheckOptions,
): Promise<CheckedFiles> {
  const lost: LostFile[] = []
  const conflicts: FileConflict[] = []
  let unflushed: string[] = []

  async function check({ file, candidates }: FileToCheck): Promise<FileToCheck & { readonly isThere: boolean }> {
    const found = await digestOfFile(destination, file.path, options.signal)
    const holding = candidates.filter((line) => found === 'unknown' || isOf(found, line))
    const chosen = holding.toSorted(newestFirst)[0]
    choices.decide(file.path, chosen)
    if (chosen !== undefined) return { file, candidates, isThere: true }
    if (await options.running.name(file.path)) return { file, candidates, isThere: true }
    if (found !== undefined && options.removes) await destination.remove(file.path)
    return { file, candidates, isThere: false }
  }

  async function flush(): Promise<void> {
    await destination.flush?.(unflushed)
    unflushed = []
  }

  const doubtful = doubtfulFiles(sources, choices, options)
  for await (const { file, candidates, isThere } of readAhead(doubtful, concurrentReads - 1, check)) {
    if (isThere) unflushed.push(file.path)
    else {
      lost.push({ ...itemKeyOf(file), path: file.path, isOfThisRun: false })
      if (candidates.length > 1) conflicts.push(conflictOf(file, candidates))
    }
    if (unflushed.length >= flushedAtOnce) await flush()
  }
  await flush()
  return { lost, conflicts }
}

interface FileToCheck {
  readonly file: RecordedFile
  readonly candidates: readonly Candidate[]
}

/** Yields each file that may differ from its line, once. */
async function* doubtfulFiles(
  sources: readonly MergeSource[],
  choices: LineChoices,
  { started, signal, maxMemory }: CheckOptions,
): AsyncGenerator<FileToCheck> {
  using seen = createKeySet({ maxMemory })
  for (const [source, one] of sources.entries()) {
    for await (const { line, content } of sourceLines(one, signal)) {
      if (content.kind !== 'file' && content.kind !== 'staged') continue
      const { file } = content
      const candidates = choices.of(file.path)
      if (!candidates.some((other) => other.source === source && other.line === line)) continue
      const isDoubtful = candidates.length > 1 || candidates[0]?.isFlushed !== true || isOfStarted(started, file.path)
      if (isDoubtful && seen.add(shortDigest(file.path))) yield { file, candidates }
    }
  }
}

/** Returns `unknown` if files cannot be read back. Then all lines count as matching. */
async function digestOfFile(
  destination: Destination,
  path: string,
  signal: AbortSignal | undefined,
): Promise<FileDigest | 'unknown' | undefined> {
  if (destination.read === undefined) return 'unknown'
  const content = await destination.read(path, { signal })
  return content && (await digestOf(content))
}

function isOf(found: FileDigest | undefined, { bytes, sha256 }: Candidate): boolean {
  return found?.byteLength === bytes && found.sha256 === sha256
}

function newestFirst(one: Candidate, other: Candidate): number {
  return compareVersions(other.versionId, one.versionId)
}

function conflictOf(file: RecordedFile, candidates: readonly Candidate[]): FileConflict {
  const versions = [...new Set(candidates.map(({ versionId }) => versionId))]
  return { ...itemKeyOf(file), path: file.path, versions: versions.toSorted(compareVersions) }
}
