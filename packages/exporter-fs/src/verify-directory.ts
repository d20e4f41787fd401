import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { OutputError } from './errors.ts'
import { errnoOf, outputError } from './file-system-error.ts'
import { isInside } from './journal.ts'
import { ERRORS_NAME, LOCK_NAME, MANIFEST_NAME, parseManifestLine, SUMMARY_NAME, WARNINGS_NAME } from './manifest.ts'
import { mapConcurrently } from './map-concurrently.ts'
import { readLines } from './read-lines.ts'
import { walkFiles } from './walk-files.ts'

/** What is wrong with one file of an export, or one line of its manifest. */
export type VerificationProblem =
  /** `line`: a line that is none of a manifest, the last one of a run that was stopped for instance. */
  'missing' | 'size' | 'hash' | 'unreadable' | 'outside' | 'unlisted' | 'line'

/** One finding of {@link verifyDirectory}; the summary comes last. */
export type VerificationEvent =
  | { readonly kind: 'verified'; readonly path: string; readonly byteLength: number }
  | { readonly kind: 'problem'; readonly problem: VerificationProblem; readonly path: string; readonly message: string }
  | VerificationSummary

/** What {@link verifyDirectory} found in all. */
export interface VerificationSummary {
  readonly kind: 'summary'
  /** Files in the manifest. */
  readonly files: number
  readonly verified: number
  /** Bytes of the files that were verified. */
  readonly byteLength: number
  readonly problems: number
}

/** Options of {@link verifyDirectory}. */
export interface VerifyOptions {
  readonly signal?: AbortSignal | undefined
  /** Files read at a time, default 4: reading overlaps with hashing, which one core does. */
  readonly concurrency?: number | undefined
}

/**
 * Checks an export against its manifest: that every file is there with its size and SHA-256, and that there is no other.
 * Of several lines for one path the last one holds.
 *
 * @throws OutputError OUTPUT_NO_MANIFEST where there is no manifest.ndjson
 */
export async function* verifyDirectory(
  directory: string,
  options: VerifyOptions = {},
): AsyncGenerator<VerificationEvent> {
  const { signal, concurrency = 4 } = options
  const counts = { files: 0, verified: 0, byteLength: 0, problems: 0 }
  for await (const event of findings(directory, concurrency, signal)) {
    if (event.kind === 'verified') {
      counts.verified += 1
      counts.byteLength += event.byteLength
    } else counts.problems += 1
    if (event.kind === 'verified' || !UNCOUNTED.has(event.problem)) counts.files += 1
    yield event
  }
  yield { kind: 'summary', ...counts }
}

type Finding = Exclude<VerificationEvent, VerificationSummary>

interface ListedFile {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

const UNCOUNTED = new Set<VerificationProblem>(['line', 'unlisted'])
const OWN_FILES = new Set([MANIFEST_NAME, ERRORS_NAME, WARNINGS_NAME, SUMMARY_NAME])

async function* findings(
  directory: string,
  concurrency: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Finding> {
  const listed = new Map<string, ListedFile>()
  yield* readListed(directory, listed, signal)
  yield* mapConcurrently(listed.values(), concurrency, (file) => checkFile(directory, file, signal))
  for await (const path of walkFiles(directory)) {
    signal?.throwIfAborted()
    if (!listed.has(path) && !OWN_FILES.has(path) && !path.startsWith(LOCK_NAME))
      yield problem('unlisted', path, 'it is not in the manifest')
  }
}

async function* readListed(
  directory: string,
  listed: Map<string, ListedFile>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Finding> {
  const manifest = join(directory, MANIFEST_NAME)
  try {
    for await (const { number, text, isComplete } of readLines(manifest, { signal })) {
      const file = isComplete ? parseManifestLine(text) : undefined
      if (file !== undefined) listed.set(file.path, { path: file.path, bytes: file.bytes, sha256: file.sha256 })
      else
        yield problem(
          'line',
          MANIFEST_NAME,
          isComplete ? `line ${number} is not an entry` : `line ${number} is not finished`,
        )
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw manifestError(error, directory, manifest)
  }
}

function manifestError(error: unknown, directory: string, manifest: string): OutputError {
  const errno = errnoOf(error)
  if (errno !== 'ENOENT' && errno !== 'ENOTDIR') return outputError(error, 'read', manifest)
  const message = `Cannot verify "${directory}": it has no ${MANIFEST_NAME}; name the folder that an export was written into`
  return new OutputError('OUTPUT_NO_MANIFEST', message, { path: directory, cause: error })
}

async function checkFile(directory: string, file: ListedFile, signal: AbortSignal | undefined): Promise<Finding> {
  signal?.throwIfAborted()
  const { path, bytes, sha256 } = file
  if (!isInside(directory, path)) return problem('outside', path, 'the manifest names a path outside of the export')
  try {
    const { size } = await stat(join(directory, path))
    if (size !== bytes) return problem('size', path, `it has ${size} bytes, the manifest says ${bytes}`)
    const found = await sha256Of(join(directory, path), signal)
    if (found !== sha256) return problem('hash', path, `its SHA-256 is ${found}, the manifest says ${sha256}`)
    return { kind: 'verified', path, byteLength: bytes }
  } catch (error) {
    signal?.throwIfAborted()
    const errno = errnoOf(error)
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return problem('missing', path, 'it is not there')
    return problem('unreadable', path, `the file system says ${errno ?? String(error)}`)
  }
}

async function sha256Of(path: string, signal: AbortSignal | undefined): Promise<string> {
  const digest = createHash('sha256')
  const chunks: AsyncIterable<Buffer> = createReadStream(path, { signal, highWaterMark: 1 << 20 })
  for await (const chunk of chunks) digest.update(chunk)
  return digest.digest('hex')
}

function problem(kind: VerificationProblem, path: string, message: string): Finding {
  return { kind: 'problem', problem: kind, path, message }
}
