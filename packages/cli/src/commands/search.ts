import { createAhiClient, type ImageSetFilters, type ImageSetSummary } from '@ahi-dicom/ahi-client'
import type { CommandContext } from '../command-context.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { printJsonLine } from '../json-line.ts'
import type { DateRange } from '../option-values.ts'
import { formatTable, type TableColumn } from '../table.ts'

/** Options of `search`. */
export interface SearchOptions {
  readonly patientId?: string
  readonly study?: string
  readonly series?: string
  readonly accession?: string
  readonly studyDate?: DateRange
  readonly updatedSince?: Date
  readonly includeNonPrimary?: true
  readonly showPatient?: true
}

/**
 * Lists image sets: a table, or with `--json` an `ImageSetSummary` a line, as the pages arrive. What describes the
 * patient is left out unless asked for, since listings end up in logs and tickets.
 */
export async function search(options: SearchOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal, global, log, signal } = context
  const datastoreId = context.datastoreId()
  await using client = createAhiClient(context.connection())
  const rows: string[][] = []
  for await (const found of client.searchImageSets({ datastoreId, filters: serviceFilters(options), signal })) {
    if (!matches(found, options)) continue
    if (global.json !== true) rows.push(tableRow(found, options))
    else if (!(await printJsonLine(terminal, options.showPatient === true ? found : withoutPatient(found)))) break
  }
  if (global.json === true) return exitCodes.ok
  if (rows.length === 0) log.info('no image sets match')
  else await terminal.print(formatTable(tableColumns(options), rows, { width: terminal.outputColumns }))
  return exitCodes.ok
}

/** AHI takes one equality and one range: the most telling ones; {@link matches} applies them all. */
function serviceFilters({
  patientId,
  study,
  series,
  accession,
  studyDate,
  updatedSince,
}: SearchOptions): ImageSetFilters {
  const range = studyDate === undefined ? { updatedAt: sinceRange(updatedSince) } : { studyDateTime: studyDate }
  if (series !== undefined) return { seriesInstanceUid: series, ...range }
  if (study !== undefined) return { studyInstanceUid: study, ...range }
  if (accession !== undefined) return { accessionNumber: accession, ...range }
  return { patientId, ...range }
}

function sinceRange(from: Date | undefined): { readonly from: Date } | undefined {
  return from === undefined ? undefined : { from }
}

function matches(found: ImageSetSummary, options: SearchOptions): boolean {
  const { patientId, study, accession, updatedSince, includeNonPrimary } = options
  if (includeNonPrimary !== true && !found.isPrimary) return false
  if (patientId !== undefined && found.patientId !== patientId) return false
  if (study !== undefined && found.studyInstanceUid !== study) return false
  if (accession !== undefined && found.accessionNumber !== accession) return false
  return updatedSince === undefined || (found.updatedAt ?? updatedSince) >= updatedSince
}

/** A list of what is let through, so that what AHI may tell one day is not. */
const withoutPatientFields = [
  'datastoreId',
  'imageSetId',
  'versionId',
  'isPrimary',
  'createdAt',
  'updatedAt',
  'lastAccessedAt',
  'storageTier',
  'studyInstanceUid',
  'studyDate',
  'studyTime',
  'numberOfStudyRelatedSeries',
  'numberOfStudyRelatedInstances',
  'seriesInstanceUid',
  'seriesModality',
  'seriesBodyPart',
  'seriesNumber',
] as const satisfies readonly (keyof ImageSetSummary)[]

function withoutPatient(found: ImageSetSummary): Partial<ImageSetSummary> {
  return Object.fromEntries(withoutPatientFields.map((field) => [field, found[field]]))
}

function tableColumns({ showPatient }: SearchOptions): TableColumn[] {
  const patient: TableColumn[] = [
    { title: 'PatientID', mayBeCut: true },
    { title: 'PatientName', mayBeCut: true },
    { title: 'AccessionNumber', mayBeCut: true },
    { title: 'StudyDescription', mayBeCut: true },
  ]
  return [
    { title: 'ImageSetId' },
    { title: 'Version', align: 'right' },
    { title: 'Primary' },
    { title: 'Modality' },
    { title: 'StudyDate' },
    ...(showPatient === true ? patient : []),
    { title: 'StudyInstanceUID' },
    { title: 'SeriesInstanceUID' },
  ]
}

function tableRow(found: ImageSetSummary, { showPatient }: SearchOptions): string[] {
  const patient = [found.patientId, found.patientName, found.accessionNumber, found.studyDescription]
  return [
    found.imageSetId,
    found.versionId,
    found.isPrimary ? 'yes' : 'no',
    found.seriesModality,
    found.studyDate,
    ...(showPatient === true ? patient : []),
    found.studyInstanceUid,
    found.seriesInstanceUid,
  ].map((value) => value ?? '')
}
