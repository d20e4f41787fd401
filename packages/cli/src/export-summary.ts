import { printable } from '@ahi-dicom/ahi-metadata/printable'
import type { ErrorEntry, ExportOutcome, JobSummary, WarningEntry } from '@ahi-dicom/exporter'
import type { OpenOutput } from './destinations/destination-kind.ts'
import { exitCodes, type ExitCode } from './exit-codes.ts'
import type { Log } from './log.ts'
import { formatBytes, formatCount, formatSeconds } from './quantities.ts'

const exitCodesByOutcome: Readonly<Record<ExportOutcome, ExitCode>> = {
  complete: exitCodes.ok,
  unverified: exitCodes.unverified,
  'nothing-selected': exitCodes.nothingSelected,
  'checksum-mismatch': exitCodes.checksumMismatch,
  retryable: exitCodes.retryable,
  failed: exitCodes.someFailed,
  fatal: exitCodes.fatal,
  interrupted: exitCodes.interrupted,
}

/** What is said of an export. An export of a fleet knows less than one of a single process. */
export type ShownSummary = Pick<
  JobSummary,
  | 'outcome'
  | 'instances'
  | 'imageSets'
  | 'frames'
  | 'files'
  | 'bytesWritten'
  | 'seconds'
  | 'unverifiedInstances'
  | 'uncheckedInstances'
  | 'errors'
  | 'warnings'
> &
  Partial<Pick<JobSummary, 'requests' | 'sync' | 'duplicates' | 'unverifiedFrames' | 'fatal' | 'unrecorded'>>

/** Returns the exit code that tells how an export ended. */
export function exportExitCode({ outcome }: Pick<JobSummary, 'outcome'>): ExitCode {
  return exitCodesByOutcome[outcome]
}

/**
 * Tells of an item that failed. For people, the summary counts such items and the record names them; without a record they
 * are named here. What ends the job and concerns no item is said at the end.
 */
export function tellFailure(entry: ErrorEntry, { recordFile }: OpenOutput, log: Log): void {
  const { message, ...facts } = entry
  const fields = { event: 'item-failed', ...facts }
  const item = itemOf(entry)
  if (recordFile !== undefined || item === undefined) log.tellPrograms('warn', message, fields)
  else log.error(naming(item, message), fields)
}

/** Tells people of a warning that no record keeps. */
export function tellWarning({ message, ...facts }: WarningEntry, { recordFile }: OpenOutput, log: Log): void {
  if (recordFile !== undefined) return
  const { sopInstanceUid, instances, tag } = facts
  const others = instances > 1 ? ` and ${formatCount(instances - 1, 'other')} of its series` : ''
  const attribute = tag === undefined ? '' : `, attribute ${tag}`
  log.warn(`instance ${sopInstanceUid}${others}${attribute}: ${message}`, { event: 'item-warning', ...facts })
}

/** Returns the smallest thing that an entry names. */
function itemOf(entry: ErrorEntry): readonly [kind: string, name: string] | undefined {
  const { sopInstanceUid, sopInstanceUids, imageSetId, seriesInstanceUid, studyInstanceUid } = entry
  if (sopInstanceUid !== undefined) return ['instance', sopInstanceUid]
  if (sopInstanceUids !== undefined && seriesInstanceUid !== undefined) return ['series', seriesInstanceUid]
  if (imageSetId !== undefined) return ['image set', imageSetId]
  if (seriesInstanceUid !== undefined) return ['series', seriesInstanceUid]
  return studyInstanceUid === undefined ? undefined : ['study', studyInstanceUid]
}

function naming([kind, name]: readonly [kind: string, name: string], message: string): string {
  return message.includes(name) ? message : `${kind} ${name}: ${message}`
}

/** Says what is done at an interrupt. */
export function tellStop({ instances, timeoutMs }: { instances: number; timeoutMs: number }, log: Log): void {
  if (instances === 0) return
  const seconds = formatSeconds(timeoutMs / 1000)
  log.info(`finishing ${formatCount(instances, 'instance')}, for ${seconds} at most; interrupt again to stop at once`)
}

/** Writes what could not be recorded, and what ended the export early. */
export function tellEnd(summary: ShownSummary, log: Log): void {
  const { unrecorded = [], fatal } = summary
  for (const { name, message, entries } of unrecorded) {
    const missing = name.endsWith('.ndjson') ? `, ${formatCount(entries, 'line')} missing` : ''
    log.error(`${name} is not complete${missing}: ${message}`, { event: 'unrecorded', name, entries })
  }
  if (fatal === undefined) return
  log.error(fatal.message, { event: 'failed', code: fatal.code, exitCode: exportExitCode(summary) })
}

/**
 * Returns what an export did, where, and what to do next, for people. `next` says what to do about what is missing. Default: to
 * run the same again.
 */
export function formatExportSummary(summary: ShownSummary, output: OpenOutput, next?: string): string {
  const { instances, frames, files, bytesWritten, seconds } = summary
  const rate = seconds > 0 ? `, ${formatBytes(bytesWritten / seconds)}/s` : ''
  const lines = [
    `${formatCount(instances.written, 'instance')} written, ${formatCount(frames, 'frame')}, ${formatCount(files, 'file')}, ` +
      `${formatBytes(bytesWritten)} in ${formatSeconds(seconds)}${rate}`,
    ...requestLines(summary),
    ...changes(summary),
    ...remarks(summary),
    leftBehind(summary, output) ?? `to ${output.destination.name}`,
    ...advice(summary, output, next),
  ]
  if (summary.outcome === 'nothing-selected') lines.unshift('nothing matched the selection')
  return lines.map((line) => `${printable(line)}\n`).join('')
}

/** What is at a destination that keeps nothing of an export that did not come to its end. Undefined for others. */
function leftBehind({ outcome, fatal }: ShownSummary, { leftUnfinished }: OpenOutput): string | undefined {
  const isKept = fatal === undefined && outcome !== 'interrupted' && outcome !== 'nothing-selected'
  return isKept ? undefined : leftUnfinished
}

/** Requests by operation, and how many of them the service slowed down. */
function requestLines({ requests = {} }: ShownSummary): string[] {
  const operations = Object.entries(requests).map(([operation, { requests, repeated, throttled, secondsWaited }]) => {
    const notes = [
      ...(repeated > 0 ? [`${repeated.toLocaleString('en-US')} repeated`] : []),
      ...(throttled > 0 ? [`${throttled.toLocaleString('en-US')} throttled`] : []),
      ...(secondsWaited >= 0.05 ? [`${formatSeconds(secondsWaited)} waited`] : []),
    ]
    const count = `${operation} ${requests.toLocaleString('en-US')}`
    return notes.length === 0 ? count : `${count} (${notes.join(', ')})`
  })
  return operations.length === 0 ? [] : [`requests: ${operations.join(', ')}`]
}

/** Returns what a sync found; nothing for other exports. */
function changes({ sync }: ShownSummary): string[] {
  if (sync === undefined) return []
  const counts = Object.entries(sync.imageSets).map(([change, count]) => `${count} ${change}`)
  return [`image sets: ${counts.join(', ')}`]
}

function remarks(summary: ShownSummary): string[] {
  const { instances, unverifiedInstances, uncheckedInstances, imageSets } = summary
  const { duplicates = 0, unverifiedFrames = 0 } = summary
  const { skipped, failed, unfinished } = instances
  const present = skipped - duplicates
  const said: string[] = []
  if (present > 0) said.push(`${formatCount(present, 'instance')} skipped: there already`)
  if (duplicates > 0) said.push(`${formatCount(duplicates, 'instance')} skipped: exported from another image set`)
  if (failed > 0) said.push(`${formatCount(failed, 'instance')} failed`)
  if (imageSets.failed > 0) said.push(`${formatCount(imageSets.failed, 'image set')} failed: no readable metadata`)
  if (unfinished > 0) said.push(`${formatCount(unfinished, 'instance')} not finished`)
  if (unverifiedFrames > 0) said.push(`${formatCount(unverifiedFrames, 'frame')} not compared with a checksum`)
  if (unverifiedInstances > 0) said.push(`${formatCount(unverifiedInstances, 'instance')} could not be verified`)
  if (uncheckedInstances > 0) {
    said.push(`${formatCount(uncheckedInstances, 'instance')} not verified: verification was turned off`)
  }
  return said
}

function advice(summary: ShownSummary, output: OpenOutput, next: string | undefined): string[] {
  const { outcome, errors, warnings, fatal, unrecorded, sync } = summary
  const { destination } = output
  const isLost = leftBehind(summary, output) !== undefined
  const canResume = sync === undefined && destination.cannot?.resume === undefined
  const again = next ?? (canResume ? 'run it again with --resume' : 'run it again')
  const recordFile = (name: string): string | undefined => (isLost ? undefined : output.recordFile?.(name))
  const forTheRest = isLost || next !== undefined ? again : `${again} for the rest`
  const pointed = (what: string, name: string, counts: Readonly<Record<string, number>>): string[] =>
    unrecorded?.some((lacking) => lacking.name === name) === true ? [] : pointer(what, recordFile(name), counts)
  const files = [
    ...pointed('what to know of written instances', 'warnings.ndjson', warnings),
    ...pointed('what failed and why', 'errors.ndjson', errors),
  ]
  const byOutcome: Readonly<Record<ExportOutcome, readonly string[]>> = {
    complete: [],
    unverified: [
      'AHI has no checksum that fits the frames that could not be verified; all else is complete and verified',
    ],
    'nothing-selected': [],
    'checksum-mismatch': [`pixels that do not match their checksum were not kept; ${again}`],
    retryable: [
      fatal === undefined
        ? `only failures are left that may pass by themselves; ${again}`
        : `${fatal.code.startsWith('OUTPUT') ? 'the destination' : 'AHI'} is away; when it is back, ${forTheRest}`,
    ],
    failed: [`when the causes are mended, ${again} for what is missing`],
    fatal: [`mend the cause below, then ${again}`],
    interrupted: [`${next === undefined ? 'interrupted' : 'not over yet'}; ${forTheRest}`],
  }
  return [...files, ...byOutcome[outcome]]
}

function pointer(what: string, file: string | undefined, counts: Readonly<Record<string, number>>): string[] {
  const codes = Object.entries(counts).map(([code, count]) => `${code} ${count}`)
  if (codes.length === 0) return []
  return [file === undefined ? `${what}: ${codes.join(', ')}` : `${what}: ${file} (${codes.join(', ')})`]
}
