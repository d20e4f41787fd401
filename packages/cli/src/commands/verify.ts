import { printable } from '@ahi-dicom/ahi-metadata/printable'
import { checkUse, verifyExport, type VerificationEvent, type VerificationSummary } from '@ahi-dicom/export-files'
import type { CommandContext } from '../command-context.ts'
import type { OpenOutput } from '../destinations/destination-kind.ts'
import type { NamedDestination } from '../destinations/destination-kinds.ts'
import type { DestinationOptions } from '../destinations/destination-options.ts'
import { inCommandWords } from '../command-words.ts'
import { UsageError } from '../errors.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { printJsonLine } from '../json-line.ts'
import { limitGarbage } from '../limit-garbage.ts'
import type { Progress } from '../progress.ts'
import { formatBytes, formatCount } from '../quantities.ts'

type Problem = Extract<VerificationEvent, { readonly kind: 'problem' }>

/** Options of `verify`. */
export interface VerifyOptions extends DestinationOptions {
  readonly fast?: true
  readonly showPaths?: true
}

/**
 * Checks an export against its record. With `--json` it prints one line per problem, then the summary. In text, parts of paths
 * that may name a patient are masked unless `showPaths` is set.
 */
export async function verify(
  named: NamedDestination,
  { fast, showPaths, ...options }: VerifyOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, global, signal } = context
  limitGarbage()
  const output = await named.open(options, context)
  const { destination } = output
  checkUse(destination, 'verify')
  await using digester = openDigester(output, { fast, kind: named.kind.name })
  using progress = context.startProgress()
  const seen = { done: 0, failed: 0, total: 0, bytes: 0 }
  const onStart = ({ files }: { readonly files: number }): void => void (seen.total = files)
  let exitCode: ExitCode = exitCodes.ok
  const { concurrency, digest } = digester ?? {}
  for await (const event of verifyExport(destination, { signal, concurrency, digest, onStart })) {
    if (event.kind !== 'summary') update(progress, seen, event)
    if (event.kind === 'verified') continue
    progress.clear()
    if (event.kind === 'problem') {
      exitCode = exitCodes.someFailed
      if (global.json === true) await printJsonLine(terminal, event)
      else await terminal.print(`${printable(problemText(event, showPaths))}\n`)
    } else if (global.json === true) await printJsonLine(terminal, event)
    else if (global.quiet !== true) await terminal.print(summaryText(event))
  }
  return exitCode
}

interface DigesterChoice {
  readonly fast: true | undefined
  /** Name of the kind of destination. */
  readonly kind: string
}

function openDigester(
  { openDigester: open, openFastDigester }: OpenOutput,
  { fast, kind }: DigesterChoice,
): ReturnType<NonNullable<OpenOutput['openDigester']>> | undefined {
  if (fast !== true) return open?.()
  if (openFastDigester === undefined) {
    throw new UsageError(`Cannot use --fast with ${kind}: only buckets keep checksums of files; leave --fast out`)
  }
  return openFastDigester()
}

interface Seen {
  done: number
  failed: number
  bytes: number
  readonly total: number
}

function update(progress: Progress, seen: Seen, event: Exclude<VerificationEvent, VerificationSummary>): void {
  seen.done += 1
  if (event.kind === 'verified') seen.bytes += event.byteLength
  else seen.failed += 1
  progress.update({
    instances: { done: Math.min(seen.done, seen.total), total: seen.total, failed: seen.failed },
    isTotalKnown: seen.total > 0,
    frames: { done: 0, total: 0 },
    bytesFetched: seen.bytes,
    noun: 'files',
  })
}

function problemText({ problem, path, shownPath, message }: Problem, showPaths: true | undefined): string {
  return `${problem}: ${showPaths === true ? path : shownPath}: ${inCommandWords(message)}`
}

function summaryText(summary: VerificationSummary): string {
  const { files, verified, byteLength, problems, isComplete, unverified, unchecked } = summary
  const facts = [`${verified} of ${formatCount(files, 'file')} verified, ${formatBytes(byteLength)}`]
  // If there are problems, files may have been removed after a complete run.
  if (problems === 0) facts.push('the export is complete')
  else if (!isComplete) facts.push('the export is incomplete or its last run is unknown')
  if (unverified > 0)
    facts.push(`frames of ${formatCount(unverified, 'file')} could not be compared with AHI's checksums`)
  if (unchecked > 0) facts.push(`frames of ${formatCount(unchecked, 'file')} were not compared with AHI's checksums`)
  facts.push(problems === 0 ? 'all good' : formatCount(problems, 'problem'))
  return `${facts.join('; ')}\n`
}
