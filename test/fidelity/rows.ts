import type { FileComparison } from '../interop/comparison.ts'
import type { Kind, RoundTrip } from '../interop/round-trip.ts'
import type { FileDescription } from './describe-files.ts'
import type { FidelitySource } from './sources.ts'
import { transferSyntaxName } from './transfer-syntax-name.ts'

/** Result of one export of a file. */
export interface ExportCells {
  /** The transfer syntax of the file written. */
  readonly syntax: string
  /** `equal`, or the ids of the normalisations that say what differs. */
  readonly attributes: string
  readonly pixels: string
  /** Codes of what the export had to say. */
  readonly notices: string
}

/** One file of the table. */
export interface FidelityRow {
  readonly section: string
  readonly file: string
  /** SOP class and transfer syntax of the file imported. */
  readonly object: string
  /** How many instances came out, and what the import had to say, or why the file was not imported. */
  readonly imported: string
  readonly explicit: ExportCells
  readonly stored: ExportCells
  /** Attributes that AHI stores and an export lacks. */
  readonly lost: readonly string[]
}

/** Differences that occur in every file. The rows of files leave them out. */
const OF_EVERY_FILE = new Set(['file-meta', 'padding'])

/** The rows of the table, in the order of the round trips. */
export function fidelityRows(
  trips: readonly (RoundTrip & FidelitySource)[],
  files: readonly FileComparison[],
  descriptions: ReadonlyMap<string, FileDescription>,
): FidelityRow[] {
  return trips.map((trip) => row(trip, comparisonsOf(trip, files), descriptions.get(trip.original)))
}

function comparisonsOf(trip: FidelitySource, files: readonly FileComparison[]): FileComparison[] {
  return files.filter(({ name }) => name === trip.name || name.startsWith(`${trip.name}/`))
}

function row(
  trip: RoundTrip & FidelitySource,
  files: readonly FileComparison[],
  description: FileDescription | undefined,
): FidelityRow {
  return {
    section: trip.section,
    file: trip.file,
    object: description === undefined ? '' : objectName(description),
    imported: importResult(trip),
    explicit: exportCells(trip, files, 'explicit'),
    stored: exportCells(trip, files, 'stored'),
    lost: lossesOf(trip, files),
  }
}

function objectName({ object, transferSyntaxUid }: FileDescription): string {
  return [object, transferSyntaxName(transferSyntaxUid)].filter((part) => part !== '').join(', ')
}

function importResult({ rejected, outputs, importWarnings }: RoundTrip): string {
  if (rejected !== undefined) return `no: ${rejected}`
  const count = outputs.filter(({ kind }) => kind === 'explicit').length
  return [count === 1 ? 'yes' : `${count} instances`, ...importWarnings].join('; ')
}

function exportCells(trip: RoundTrip, files: readonly FileComparison[], kind: Kind): ExportCells {
  const compared = files.filter((file) => file.kind === kind)
  const syntaxes = trip.outputs.filter((output) => output.kind === kind).map((output) => output.transferSyntaxUid)
  const applied = distinct(compared.flatMap((file) => file.applied)).filter((rule) => !OF_EVERY_FILE.has(rule))
  return {
    syntax: distinct(syntaxes.map(transferSyntaxName)).join(', '),
    attributes: compared.length === 0 ? '' : codes(applied) || 'equal',
    pixels: distinct(compared.map((file) => file.pixels)).join(', '),
    notices: codes(distinct(trip.warnings.filter((line) => line.kind === kind).map(({ code }) => code))),
  }
}

function codes(ids: readonly string[]): string {
  return ids.map((id) => `\`${id}\``).join(' ')
}

/** Every difference that no normalisation explains, and every instance that did not come out. */
function lossesOf(trip: RoundTrip, files: readonly FileComparison[]): string[] {
  const differences = files.flatMap(({ kind, differences: found }) => found.map(({ where }) => ({ kind, what: where })))
  const failures = trip.errors.map(({ kind, code }) => ({ kind, what: code }))
  const ofFiles = [...failures, ...differences].filter(({ kind }) => kind !== 'png')
  return distinct(ofFiles.map(({ kind, what }) => `${kind}: ${what}`))
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].sort()
}
