import { recordNames } from '../destination/record-store.ts'
import type { RecordStore } from '../destination/record-store.ts'
import { membersOf, parseJson } from '../reading/json-members.ts'
import type { JsonMembers } from '../reading/json-members.ts'
import { readLines } from '../reading/read-lines.ts'
import { findDescription } from '../record/description.ts'
import { earlierPending, isCompleteOutcome, unfinished } from '../record/pending-selections.ts'
import type { Manifest } from '../record/read-manifest.ts'
import { digestsOf } from '../record/record-state.ts'
import { readSummary } from '../record/summary-file.ts'
import type { FoundSummary } from '../record/summary-file.ts'

/** A problem of the record of an export. */
export interface RecordProblem {
  /**
   * `record`: a file of the record is missing, or was changed after the last run. `failed`: the last run could not
   * export an item. `incomplete`: the last run did not export everything it selected, or was killed.
   */
  readonly problem: 'record' | 'failed' | 'incomplete'
  readonly path: string
  readonly message: string
}

/** The parts of a manifest that {@link recordProblems} needs. */
export interface ReadRecord extends Pick<Manifest, 'digest'> {
  /** Number of files that the manifest names. */
  readonly files: number
}

/** Yields the problems of a record, if the export is incomplete or the record was changed after the last run. */
export async function* recordProblems(store: RecordStore, read: ReadRecord): AsyncGenerator<RecordProblem> {
  const found = await readSummary(store)
  const hasEnded = found.kind === 'found' && found.outcome !== unfinished
  yield* hasEnded ? await changedFiles(store, read, found.summary) : await descriptionProblems(store)
  yield* failedItems(store)
  yield* summaryProblems(found, read)
}

/**
 * Checks `export.json` by its own digest, for a run that has not ended. The summary of an ended run has a digest of it.
 */
async function descriptionProblems(store: RecordStore): Promise<readonly RecordProblem[]> {
  if ((await findDescription(store)).kind !== 'damaged') return []
  const message = 'it was changed after it was written; start the export over'
  return [{ problem: 'record', path: recordNames.description, message }]
}

/** Returns the first reason why the summary does not describe a complete export, or an empty array if it does. */
function summaryProblems(found: FoundSummary, { files }: ReadRecord): readonly RecordProblem[] {
  const path = recordNames.summary
  if (found.kind === 'none') {
    const message = 'it is not there: the last run was stopped, or has not ended; resume the export'
    return [{ problem: 'incomplete', path, message }]
  }
  if (found.kind === 'damaged') {
    const message = 'it was changed after it was written, or an older version wrote it; resume the export'
    return [{ problem: 'record', path, message }]
  }
  if (found.outcome === unfinished) {
    const message = 'the last run was stopped, or has not ended; resume the export'
    return [{ problem: 'incomplete', path, message }]
  }
  if (!isCompleteOutcome(found.outcome)) {
    return [{ problem: 'incomplete', path, message: incompleteMessage(found.summary) }]
  }
  if (earlierPending(found).length > 0) {
    const message = 'an earlier run of another selection was not complete; resume it with what it selected'
    return [{ problem: 'incomplete', path, message }]
  }
  return files > 0 ? [] : [{ problem: 'incomplete', path: recordNames.manifest, message: 'it names no file' }]
}

/** Compares the files of the record with the digests in the summary. */
async function changedFiles(
  store: RecordStore,
  { digest }: ReadRecord,
  { record }: JsonMembers,
): Promise<readonly RecordProblem[]> {
  const noted = membersOf(membersOf(record)['digests'])
  const actual = await digestsOf(store, digest)
  return [...new Set([...Object.keys(noted), ...Object.keys(actual)])].flatMap((path) => {
    const { byteLength, sha256 } = membersOf(noted[path])
    const there = actual[path]
    if (there?.sha256 === sha256 && there?.byteLength === byteLength) return []
    const isGone = there === undefined
    const message = `it does not match ${recordNames.summary}: it ${isGone ? 'is missing' : 'was added or changed after the last run'}`
    return [{ problem: 'record', path, message }]
  })
}

function incompleteMessage({ outcome, instances, imageSets }: JsonMembers): string {
  const { failed, unfinished: notFinished } = membersOf(instances)
  const { failed: notRead } = membersOf(imageSets)
  const how =
    typeof outcome === 'string' ? `the last run ended as "${outcome}"` : 'it does not say how the last run ended'
  const counts = [
    ...counted(failed, 'instance', 'failed'),
    ...counted(notFinished, 'instance', 'not finished'),
    ...counted(notRead, 'image set', 'not read'),
  ]
  return [how, ...counts].join(', ')
}

/** Returns a count as text, such as `2 instances failed`. Returns nothing if `count` is not a positive number. */
function counted(count: unknown, noun: string, fate: string): readonly string[] {
  if (typeof count !== 'number' || count <= 0) return []
  return [`${count} ${noun}${count === 1 ? '' : 's'} ${fate}`]
}

/** Yields a problem for each line of `errors.ndjson`. */
async function* failedItems(store: RecordStore): AsyncGenerator<RecordProblem> {
  const path = recordNames.errors
  for await (const { number, text } of readLines((await store.read(path)) ?? [])) {
    const { code, imageSetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid } = membersOf(parseJson(text))
    const ids = [
      ['image set', imageSetId],
      ['study', studyInstanceUid],
      ['series', seriesInstanceUid],
      ['instance', sopInstanceUid],
    ].flatMap(([what, id]) => (typeof id === 'string' ? [`${String(what)} ${id}`] : []))
    if (typeof code !== 'string') {
      yield { problem: 'record', path, message: `line ${number} is damaged` }
      continue
    }
    const message = ids.length === 0 ? `${code}: see line ${number}` : `${[code, ...ids].join(', ')} was not exported`
    yield { problem: 'failed', path, message }
  }
}
