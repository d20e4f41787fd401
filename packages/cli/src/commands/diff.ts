import { stat } from 'node:fs/promises'
import { printable } from '@ahi-dicom/ahi-metadata/printable'
import { diffFolders, type DiffEvent, type DiffSummary } from '@ahi-dicom/dicom-diff'
import { maskedPath, recordNames } from '@ahi-dicom/export-files'
import { folderFiles } from '@ahi-dicom/exporter-fs'
import { createDecoderPool } from '@ahi-dicom/htj2k-decoder'
import type { CommandContext } from '../command-context.ts'
import { UsageError } from '../errors.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { printJsonLine } from '../json-line.ts'
import { formatCount } from '../quantities.ts'
import { formatTable } from '../table.ts'

/** Options of `diff`. */
export interface DiffOptions {
  readonly strict?: true
  readonly tolerance?: number
  readonly showValues?: true
  readonly showPaths?: true
}

type Event<Kind extends DiffEvent['kind']> = Extract<DiffEvent, { readonly kind: Kind }>

/**
 * Compares the DICOM files of two folders. With `--json` it prints one line per finding, then the summary. Values, and parts
 * of paths that may name a patient, are printed only if the options ask for them.
 */
export async function diff(a: string, b: string, options: DiffOptions, context: CommandContext): Promise<ExitCode> {
  const { global, signal, startProgress } = context
  await requireFolder(a)
  await requireFolder(b)
  await using pool = createDecoderPool()
  using progress = startProgress()
  const print = global.json === true ? printJson(options, context) : printText(options, context)
  const counts = { done: 0, failed: 0, total: 0, bytes: 0 }
  let exitCode: ExitCode = exitCodes.ok
  const events = diffFolders(measured(a, counts), measured(b, counts), {
    tolerance: options.tolerance,
    showValues: options.showValues,
    isStrict: options.strict,
    decode: (codeStream) => pool.decode(codeStream, { signal }),
    signal,
    onIndexed: (instances) => {
      counts.total = Math.min(instances.a, instances.b)
    },
  })
  for await (const event of events) {
    if (event.kind === 'compared') counts.done += 1
    if (event.kind === 'compared' && event.differences > 0) counts.failed += 1
    progress.update({
      instances: { done: counts.done, total: counts.total, failed: counts.failed },
      isTotalKnown: counts.total > 0,
      frames: { done: 0, total: 0 },
      bytesFetched: counts.bytes,
      noun: 'files',
    })
    if (event.kind !== 'compared' || event.differences > 0) progress.clear()
    await print(event)
    if (event.kind === 'summary') exitCode = exitCodeOf(event)
  }
  return exitCode
}

async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory() === true) return
  throw new UsageError(`Cannot compare '${path}': it is not a folder; give two folders with DICOM files`)
}

const namesOfRecord: ReadonlySet<string> = new Set([...Object.values(recordNames), 'export.json'])

/** Returns the files of a folder, without the record of an export. Adds the bytes that are read to `counts`. */
function measured(path: string, counts: { bytes: number }): ReturnType<typeof folderFiles> {
  const folder = folderFiles(path)
  return {
    ...folder,
    async *list() {
      for await (const file of folder.list()) if (!namesOfRecord.has(file.path)) yield file
    },
    async open(name) {
      const file = await folder.open(name)
      return {
        ...file,
        async read(offset, byteLength) {
          const bytes = await file.read(offset, byteLength)
          counts.bytes += bytes.byteLength
          return bytes
        },
      }
    },
  }
}

function exitCodeOf({ isEqual, instances }: DiffSummary): ExitCode {
  if (Math.min(instances.a, instances.b) === 0) return exitCodes.nothingSelected
  return isEqual ? exitCodes.ok : exitCodes.someFailed
}

function printJson(options: DiffOptions, { terminal }: CommandContext): (event: DiffEvent) => Promise<void> {
  return async (event) => {
    if (event.kind !== 'compared') await printJsonLine(terminal, withShownPaths(event, options))
  }
}

function withShownPaths(event: DiffEvent, { showPaths }: DiffOptions): DiffEvent {
  if (showPaths === true || event.kind === 'summary') return event
  if ('a' in event) return { ...event, a: maskedPath(event.a), b: maskedPath(event.b) }
  const path = maskedPath(event.path)
  return event.kind === 'duplicate'
    ? { ...event, path, comparedPath: maskedPath(event.comparedPath) }
    : { ...event, path }
}

/** Returns a function that prints events as text. Differences of an instance are printed as one table. */
function printText(options: DiffOptions, context: CommandContext): (event: DiffEvent) => Promise<void> {
  const { terminal, global, log } = context
  let rows: Event<'difference'>[] = []
  const line = async (text: string): Promise<void> => void (await terminal.print(`${printable(text)}\n`))
  return async (found) => {
    const event = withShownPaths(found, options)
    if (event.kind === 'difference') rows.push(event)
    else if (event.kind === 'compared') {
      if (rows.length > 0) {
        await line(`different: ${event.sopInstanceUid}: ${event.a}, ${event.b}`)
        await terminal.print(differenceTable(rows, options, terminal.outputColumns))
      }
      rows = []
    } else if (event.kind === 'summary') {
      if (global.quiet !== true) await terminal.print(`${summaryText(event)}\n`)
    } else if (event.kind === 'left-out') log.info(`left out: ${sideName(event.side)} ${event.path}: ${event.reason}`)
    else await line(findingText(event))
  }
}

function findingText(event: Event<'missing' | 'extra' | 'duplicate' | 'unreadable' | 'not-compared'>): string {
  if (event.kind === 'unreadable') return `unreadable: ${sideName(event.side)} ${event.path}: ${event.reason}`
  const { kind, sopInstanceUid } = event
  if (kind === 'missing') return `missing: ${sopInstanceUid}: ${event.path} has no counterpart in the second folder`
  if (kind === 'extra') return `extra: ${sopInstanceUid}: ${event.path} has no counterpart in the first folder`
  if (kind === 'duplicate') {
    const where = `${sideName(event.side)} ${event.path}`
    return `duplicate: ${sopInstanceUid}: ${where} has the same UID as ${event.comparedPath}, which is compared instead`
  }
  return `not compared: ${sopInstanceUid}: ${event.a}, ${event.b}: ${event.reason}`
}

function sideName(side: 'a' | 'b'): string {
  return side === 'a' ? 'in the first folder' : 'in the second folder'
}

const columns = [
  { title: '  Difference' },
  { title: 'Tag' },
  { title: 'VR' },
  { title: 'Attribute' },
  { title: 'Detail', mayBeCut: true },
] as const

function differenceTable(
  rows: readonly Event<'difference'>[],
  { showValues }: DiffOptions,
  width: number | undefined,
): string {
  const cells = rows.map(({ difference, tag, vr, attribute, detail, values, normalisation }) => [
    `  ${difference}`,
    tag,
    vr.a === vr.b || vr.b === undefined ? (vr.a ?? '') : `${vr.a ?? ''}${vr.a === undefined ? '' : ' '}${vr.b}`,
    attribute,
    [
      ...(detail === undefined ? [] : [detail]),
      ...(normalisation === undefined ? [] : [`normalised by AHI: ${normalisation}`]),
      ...(showValues === true && values !== undefined ? [`${values.a ?? 'absent'} | ${values.b ?? 'absent'}`] : []),
    ].join('; '),
  ])
  return formatTable(columns, cells, { width })
}

function summaryText(summary: DiffSummary): string {
  const { instances, equal, different, notCompared, missing, extra, duplicates, unreadable, leftOut, isEqual } = summary
  if (Math.min(instances.a, instances.b) === 0) {
    return `nothing to compare: the ${instances.a === 0 ? 'first' : 'second'} folder has no DICOM instance`
  }
  const normalised = Object.entries(summary.normalised).map(([id, count]) => `${id} ${count}`)
  return [
    `${formatCount(equal, 'instance')} equal`,
    ...counted(different, 'different'),
    ...counted(notCompared, 'not compared'),
    ...counted(missing, 'missing'),
    ...counted(extra, 'extra'),
    ...counted(duplicates, 'duplicate'),
    ...counted(unreadable, 'unreadable'),
    ...counted(leftOut, 'left out'),
    ...(normalised.length === 0 ? [] : [`normalised by AHI: ${normalised.join(', ')}`]),
    isEqual ? 'no differences' : 'the folders differ',
  ].join('; ')
}

function counted(count: number, what: string): string[] {
  return count === 0 ? [] : [`${count.toLocaleString('en-US')} ${what}`]
}
