import { createAhiClient, type ImageSetFilters, type ImageSetSummary } from '@ahi-dicom/ahi-client'
import { printable } from '@ahi-dicom/ahi-metadata/printable'
import type { CommandContext } from '../command-context.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { printJsonLine } from '../json-line.ts'
import type { DateRange } from '../options/option-values.ts'
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
 * Lists image sets: under their studies, or with `--json` an `ImageSetSummary` a line, as the pages arrive. What describes the
 * patient is left out unless asked for, since listings end up in logs and tickets.
 */
export async function search(options: SearchOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal, global, log, signal } = context
  const datastoreId = context.datastoreId()
  await using client = createAhiClient(context.connection())
  const listed: ImageSetSummary[] = []
  for await (const found of client.searchImageSets({ datastoreId, filters: serviceFilters(options), signal })) {
    if (!matches(found, options)) continue
    if (global.json !== true) listed.push(found)
    else if (!(await printJsonLine(terminal, options.showPatient === true ? found : withoutPatient(found)))) break
  }
  if (global.json === true) return exitCodes.ok
  if (listed.length === 0) log.info('no image sets match')
  else await terminal.print(formatFound(listed, options))
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

/** Image sets under their studies: two UIDs on one line are wider than most terminals. */
function formatFound(found: readonly ImageSetSummary[], { showPatient, includeNonPrimary }: SearchOptions): string {
  const studies = Map.groupBy(found, ({ studyInstanceUid }) => studyInstanceUid)
  const [titles = '', ...lines] = formatTable(columns, [...studies.values()].flat().map(tableRow)).split('\n')
  const text = [titles]
  for (const imageSets of studies.values()) {
    text.push(studyLine(imageSets, showPatient === true))
    for (const { isPrimary } of imageSets) {
      text.push(`${lines.shift()}${includeNonPrimary === true && !isPrimary ? '  (not primary)' : ''}`)
    }
  }
  return `${text.join('\n')}\n`
}

const columns: readonly TableColumn[] = [
  { title: '  ImageSetId' },
  { title: 'Version', align: 'right' },
  { title: 'Modality' },
  { title: 'SeriesInstanceUID' },
]

function tableRow({ imageSetId, versionId, seriesModality, seriesInstanceUid }: ImageSetSummary): string[] {
  return [`  ${imageSetId}`, versionId ?? '', seriesModality ?? '', seriesInstanceUid ?? '']
}

function studyLine([first]: readonly ImageSetSummary[], showPatient: boolean): string {
  const { studyInstanceUid = '', studyDate = '' } = first ?? {}
  const { patientId, patientName, accessionNumber, studyDescription } = first ?? {}
  const patient = { patientId, patientName, accessionNumber, studyDescription }
  const named = Object.entries(showPatient ? patient : {}).map(([name, value]) => `${name}=${value ?? ''}`)
  return printable(['study', studyInstanceUid, studyDate, ...named].filter((part) => part !== '').join('  '))
}
