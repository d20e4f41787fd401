import { checkUse } from '../destination/check-use.ts'
import type { Destination } from '../destination/destination.ts'
import type { ReadFileOptions } from '../destination/file-content.ts'
import type { FileDigest } from '../destination/file-writer.ts'
import { dicomdirPath, recordNames } from '../destination/record-store.ts'
import { OutputError } from '../errors.ts'
import { digestOf } from '../reading/digest-content.ts'
import { readAhead } from '../reading/read-ahead.ts'
import type { RecordedFile } from '../record/manifest-line.ts'
import type { ManifestFile } from '../record/read-manifest.ts'
import { createFileCounter } from '../record/record-state.ts'
import { isFilePath, isOfRecord, isStaged } from '../record/safe-path.ts'
import { isCompleteOutcome } from '../record/pending-selections.ts'
import { dicomdirOf, readSummary } from '../record/summary-file.ts'
import { recordProblems, type RecordProblem } from './verify-record.ts'
import { openRecords, type OpenRecord } from './open-records.ts'

/**
 * Kinds of problems of an export. The README has a table of them. `line`: a damaged line of the manifest, such as the
 * last one of a killed run. `link`: a link in the destination, or a file that is reached through one; neither is read.
 */
export type VerificationProblem =
  | 'missing'
  | 'size'
  | 'hash'
  | 'unreadable'
  | 'outside'
  | 'unlisted'
  | 'line'
  | 'link'
  | RecordProblem['problem']

/** An event of {@link verifyExport}. The summary comes last. */
export type VerificationEvent =
  | { readonly kind: 'verified'; readonly path: string; readonly byteLength: number }
  | {
      readonly kind: 'problem'
      readonly problem: VerificationProblem
      readonly path: string
      /** The path for messages and logs: parts that may name a patient are masked, and a missing UID is added. */
      readonly shownPath: string
      readonly message: string
    }
  | VerificationSummary

/** The totals of {@link verifyExport}. */
export interface VerificationSummary {
  readonly kind: 'summary'
  /** Number of files that the manifest names. */
  readonly files: number
  /** Number of these files that are noted as flushed. A power cut may still damage the others. */
  readonly flushed: number
  /** Number of files that are as recorded. */
  readonly verified: number
  /** Total size of the verified files in bytes. */
  readonly byteLength: number
  readonly problems: number
  /** True if the last run exported everything it selected, and the record is unchanged since then. */
  readonly isComplete: boolean
  /** Number of files with frames that could not be compared with AHI's checksums during the export. */
  readonly unverified: number
  /** Number of files with frames that were not compared during the export, because verification was turned off. */
  readonly unchecked: number
}

/** Options of {@link VerifyOptions.digest}. */
export interface DigestFileOptions extends ReadFileOptions {
  /** Size and checksums of the file in the record. */
  readonly recorded: Pick<RecordedFile, 'bytes' | 'sha256' | 'serverChecksum'>
}

/** Options of {@link verifyExport}. */
export interface VerifyOptions {
  readonly signal?: AbortSignal | undefined
  /** Number of files that are read at a time. Default 4. Hashing uses one core unless `digest` uses more. */
  readonly concurrency?: number | undefined
  /**
   * Returns size and SHA-256 of a file, or undefined if it does not exist. Use it to hash files in other threads, for
   * example. Default: hashes the bytes of `destination.read` in this thread.
   */
  readonly digest?: ((path: string, options: DigestFileOptions) => Promise<FileDigest | undefined>) | undefined
  /** Called before the first file is read. */
  readonly onStart?: ((planned: { readonly files: number }) => void) | undefined
  /** Memory in bytes for the content of manifests. The rest goes to a temporary database. Default 24 MiB. */
  readonly maxMemory?: number | undefined
}

/**
 * Verifies an export against its record, or against all records of the destination. It checks that:
 *
 * - each file of a manifest exists with its size and SHA-256; if several lines have the same path, the last one counts
 * - there are no other files
 * - everything selected was exported, according to the summary
 * - the record is unchanged since the last run
 *
 * If several records name the same file, it is verified and counted for each of them.
 *
 * @throws {OutputError} OUTPUT_NO_MANIFEST if there is no record, OUTPUT_DIFFERENT if a record belongs to another
 *   destination, OUTPUT_UNSUPPORTED or OUTPUT_NOT_READABLE if files of the destination cannot be read back
 * @example
 * import { verifyExport } from '@ahi-dicom/export-files'
 *
 * for await (const event of verifyExport(exported)) {
 *   if (event.kind === 'summary') console.log(event.isComplete, event.problems) // true 0
 * }
 */
export async function* verifyExport(
  destination: Destination,
  options: VerifyOptions = {},
): AsyncGenerator<VerificationEvent> {
  checkUse(destination, 'verify')
  const digest = options.digest ?? digesterOf(destination)
  using records = await openRecords(destination, options)
  const { all } = records
  options.onStart?.({ files: all.reduce((sum, { manifest }) => sum + manifest.index.paths, 0) })
  const counter = createFileCounter()
  const counts = { verified: 0, byteLength: 0, problems: 0 }
  let isComplete = true
  let flushed = 0
  for (const record of all) {
    const ofRecord = createFileCounter()
    for await (const { file, ...event } of recordedFindings({ record, records: all, digest }, options)) {
      if (file !== undefined) {
        record.shownPaths.add(file)
        counter.add(file)
        ofRecord.add(file)
        if (file.isFlushed) flushed += 1
      }
      if (event.kind === 'verified') {
        counts.verified += 1
        counts.byteLength += event.byteLength
        yield event
      } else {
        counts.problems += 1
        const shownPath = file === undefined ? event.path : record.shownPaths.show(event.path, file)
        yield { ...event, shownPath }
      }
    }
    const read = { digest: record.manifest.digest, files: ofRecord.counts().files }
    for await (const found of recordProblems(record.record, read)) {
      isComplete = false
      counts.problems += 1
      const path = pathIn(record, found.path)
      yield { kind: 'problem', ...found, path, shownPath: path }
    }
  }
  for await (const event of unrecordedFindings(destination, all, options)) {
    counts.problems += 1
    yield { ...event, shownPath: shownPathOf(all, event.path) }
  }
  const { files, unverifiedFiles: unverified, uncheckedFiles: unchecked } = counter.counts()
  yield { kind: 'summary', files, flushed, ...counts, isComplete, unverified, unchecked }
}

type Event<Kind> = Extract<VerificationEvent, { readonly kind: Kind }>
type Problem = Omit<Event<'problem'>, 'shownPath'>
type Finding = (Event<'verified'> | Problem) & {
  /** The recorded file that was checked. */
  readonly file?: ManifestFile
}
type DigestFile = NonNullable<VerifyOptions['digest']>

function digesterOf(destination: Destination): DigestFile {
  const { name } = destination
  const read = destination.read?.bind(destination)
  if (read === undefined) {
    const message = `Cannot verify "${name}": files of this kind of destination cannot be read back`
    throw new OutputError('OUTPUT_NOT_READABLE', message, { path: name })
  }
  return async (path, options) => {
    const content = await read(path, options)
    return content === undefined ? undefined : await digestOf(content)
  }
}

/** Returns the path of a file of a record for messages. */
function pathIn({ name }: OpenRecord, file: string): string {
  return name === '' ? file : `${name}/${file}`
}

/** Returns a path that no record names as it may be shown. It is masked if any record masks it. */
function shownPathOf(records: readonly OpenRecord[], path: string): string {
  return records.map(({ shownPaths }) => shownPaths.show(path)).find((shown) => shown !== path) ?? path
}

interface Subject {
  readonly record: OpenRecord
  readonly records: readonly OpenRecord[]
  readonly digest: DigestFile
}

/** Verifies the files that a record names. */
async function* recordedFindings(
  { record, records, digest }: Subject,
  { signal, concurrency = 4 }: VerifyOptions,
): AsyncGenerator<Finding> {
  const { manifest, isGone } = record
  const path = pathIn(record, recordNames.manifest)
  if (isGone) yield problem('record', path, "it is missing; write the export again (mode 'overwrite')")
  for await (const { number, isComplete } of manifest.damagedLines()) {
    yield problem('line', path, `line ${number} is ${isComplete ? 'damaged' : 'cut off'}`)
  }
  const by = record.name === '' ? 'the manifest' : path
  const others = records.filter((other) => other !== record)
  yield* readAhead(manifest.files(), concurrency - 1, async (file) => {
    const found = await checkFile(digest, { ...file, by }, signal)
    return { ...withOtherRecords(found, others), file }
  })
  const dicomdir = dicomdirOf(await readSummary(record.record))
  if (dicomdir === undefined) return
  const summary = pathIn(record, recordNames.summary)
  const finding = await checkFile(digest, { path: dicomdirPath, ...dicomdir, by: summary }, signal)
  if (finding.kind === 'problem') yield finding
}

/** Adds to a problem that another record names the file as well. The export of that record may have overwritten it. */
function withOtherRecords(finding: Finding, others: readonly OpenRecord[]): Finding {
  if (finding.kind !== 'problem' || (finding.problem !== 'size' && finding.problem !== 'hash')) return finding
  const other = others.find(({ manifest }) => manifest.index.hasFile(finding.path))
  if (other === undefined) return finding
  const message = `${finding.message}; ${pathIn(other, recordNames.manifest)} names a file at this path as well`
  return { ...finding, message }
}

/** Yields a problem for each file that no record names. */
async function* unrecordedFindings(
  destination: Destination,
  records: readonly OpenRecord[],
  { signal }: VerifyOptions,
): AsyncGenerator<Problem> {
  const summaries = await Promise.all(records.map(({ record }) => readSummary(record)))
  const isDicomdirListed =
    summaries.some((found) => dicomdirOf(found) !== undefined) ||
    records.some(({ description }) => description?.files.dicomdir === true)
  // The staging folder of an incomplete export may hold files.
  const mayWait = summaries.some((found) => found.kind !== 'found' || !isCompleteOutcome(found.outcome))
  for await (const { path, isLink } of destination.list?.() ?? []) {
    signal?.throwIfAborted()
    const isNamed = records.some(({ manifest }) => manifest.index.hasFile(path))
    if (isNamed || (path === dicomdirPath && isDicomdirListed)) continue
    if (isLink === true) yield problem('link', path, isALink)
    else if (!isOfRecord(path) || (isStaged(path) && !mayWait)) {
      yield problem('unlisted', path, 'it is not in the manifest')
    }
  }
}

interface FileToCheck extends Pick<ManifestFile, 'path' | 'bytes' | 'sha256'> {
  /** Source of the expected size and SHA-256, for messages. Default: the manifest. */
  readonly by?: string | undefined
}

async function checkFile(digest: DigestFile, file: FileToCheck, signal: AbortSignal | undefined): Promise<Finding> {
  signal?.throwIfAborted()
  const { path, bytes, sha256, by = 'the manifest' } = file
  if (!isFilePath(path)) {
    return problem(
      'outside',
      path,
      'the manifest names a path outside of the destination or in the record; it was not read',
    )
  }
  try {
    const found = await digest(path, { signal, recorded: file })
    if (found === undefined) return problem('missing', path, 'it is not there')
    if (found.byteLength !== bytes)
      return problem('size', path, `it has ${found.byteLength} bytes, ${by} says ${bytes}`)
    if (found.sha256 !== sha256) return problem('hash', path, `its SHA-256 is ${found.sha256}, ${by} says ${sha256}`)
    return { kind: 'verified', path, byteLength: bytes }
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof OutputError && error.code === 'OUTPUT_LINK') return problem('link', path, isALink)
    return problem('unreadable', path, `it cannot be read: ${reasonOf(error)}`)
  }
}

const isALink = 'it is a link, or is reached through one; it was not read'

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}

function problem(kind: VerificationProblem, path: string, message: string): Problem {
  return { kind: 'problem', problem: kind, path, message }
}
