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

/** The members of a summary that are printed. The summary of a fleet lacks the optional ones. */
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

/** Returns the exit code for the outcome of an export. */
export function exportExitCode({ outcome }: Pick<JobSummary, 'outcome'>): ExitCode {
  return exitCodesByOutcome[outcome]
}

/**
 * Logs a failed item. In text it is shown only if the destination has no record, because `errors.ndjson` names it otherwise.
 * Failures that concern no item end the job, and {@link tellEnd} logs them.
 */
export function tellFailure(entry: ErrorEntry, { recordFile }: OpenOutput, log: Log): void {
  const { message, ...facts } = entry
  const fields = { event: 'item-failed', ...facts }
  const item = itemOf(entry)
  if (recordFile !== undefined || item === undefined) log.tellPrograms('warn', message, fields)
  else log.error(naming(item, message), fields)
}

/** Logs a warning about an instance, if the destination has no record that would keep it. */
export function tellWarning({ message, ...facts }: WarningEntry, { recordFile }: OpenOutput, log: Log): void {
  if (recordFile !== undefined) return
  const { sopInstanceUid, instances, tag } = facts
  const others = instances > 1 ? ` and ${formatCount(instances - 1, 'other')} of its series` : ''
  const attribute = tag === undefined ? '' : `, attribute ${tag}`
  log.warn(`instance ${sopInstanceUid}${others}${attribute}: ${message}`, { event: 'item-warning', ...facts })
}

/** Returns the most specific item that an entry names: instance, series, image set or study. */
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

/** Logs how many instances are finished after an interrupt, and how long that may take. */
export function tellStop({ instances, timeoutMs }: { instances: number; timeoutMs: number }, log: Log): void {
  if (instances === 0) return
  const seconds = formatSeconds(timeoutMs / 1000)
  log.info(`finishing ${formatCount(instances, 'instance')}, for ${seconds} at most; interrupt again to stop at once`)
}

/** Logs the files of the record that are incomplete, and the error that ended the export early. */
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
 * Returns the summary of an export as text: what was written, to which destination, and what to do next. `next` is the advice
 * if something is missing. Default: to run the command again.
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

/**
 * Returns what the destination holds after an export that ended early, for destinations such as archives that keep nothing of
 * it. Otherwise returns undefined.
 */
function leftBehind({ outcome, fatal }: ShownSummary, { leftUnfinished }: OpenOutput): string | undefined {
  const isKept = fatal === undefined && outcome !== 'interrupted' && outcome !== 'nothing-selected'
  return isKept ? undefined : leftUnfinished
}

/** Returns the number of requests by operation, with how many were repeated and throttled. */
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

/** Returns how many image sets a sync found new, changed, unchanged and gone. Empty for other exports. */
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
  if (present > 0) said.push(`${formatCount(present, 'instance')} skipped: already exported`)
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
  const files = [...pointed('warnings', 'warnings.ndjson', warnings), ...pointed('errors', 'errors.ndjson', errors)]
  const byOutcome: Readonly<Record<ExportOutcome, readonly string[]>> = {
    complete: [],
    unverified: [
      'AHI has no usable checksum for the frames that could not be verified; everything else is complete and verified',
    ],
    'nothing-selected': [],
    'checksum-mismatch': [`pixels that do not match their checksum were not kept; ${again}`],
    retryable: [
      fatal === undefined
        ? `only temporary failures are left; ${again}`
        : `${fatal.code.startsWith('OUTPUT') ? 'the destination' : 'AHI'} is unavailable; when it answers again, ${forTheRest}`,
    ],
    failed: [isOfVolumes(errors) ? leaveOutSeries : `fix the causes, then ${again} for what is missing`],
    fatal: [`fix the cause below, then ${again}`],
    interrupted: [`${next === undefined ? 'interrupted' : 'not finished yet'}; ${forTheRest}`],
  }
  return [...files, ...byOutcome[outcome]]
}

const leaveOutSeries =
  'the series of these errors make no volume with these options; select others with --modality or --exclude, or see --gaps'

/** True if all failures are of series whose geometry makes no volume. Another run would fail in the same way. */
function isOfVolumes(errors: Readonly<Record<string, number>>): boolean {
  const codes = Object.keys(errors)
  return (
    codes.length > 0 &&
    codes.every((code) => /^VOLUME_(?:GAP|UNEVEN|DOUBLED|INCOMPLETE|GEOMETRY_.*|PIXELS_.*)$/u.test(code))
  )
}

function pointer(what: string, file: string | undefined, counts: Readonly<Record<string, number>>): string[] {
  const codes = Object.entries(counts).map(([code, count]) => `${code} ${count}`)
  if (codes.length === 0) return []
  return [file === undefined ? `${what}: ${codes.join(', ')}` : `${what}: ${file} (${codes.join(', ')})`]
}
