import type { ImageSetSummary } from '@ahi-dicom/ahi-client'
import { equalsFilter } from '@ahi-dicom/exporter'
import { printable } from '@ahi-dicom/ahi-metadata/printable'
import type { CommandContext } from '../command-context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { printList, type Listing, type ListingOptions } from './list.ts'
import type { StreamedRow } from '../stream-table.ts'
import type { TableColumn } from '../table.ts'

/** Options of `search`. */
export interface SearchOptions extends ListingOptions {
  readonly study?: string
  readonly series?: string
  readonly showPatient?: true
}

/**
 * Lists image sets by study, or with `--json` as one `ImageSetSummary` per line. Patient data is left out unless
 * `--show-patient` is given, because listings end up in logs and tickets.
 */
export async function search(
  texts: readonly string[],
  options: SearchOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { study, series, showPatient } = options
  const own = [
    ...(study === undefined ? [] : [equalsFilter('StudyInstanceUID', [study])]),
    ...(series === undefined ? [] : [equalsFilter('SeriesInstanceUID', [series])]),
  ]
  const listing: Listing<ImageSetSummary> = {
    items: (exporter, { filters = [], ...rest }) => exporter.listImageSets({ ...rest, filters: [...own, ...filters] }),
    columns,
    row: (found) => tableRow(found, showPatient === true),
    json: (found) => (showPatient === true ? found : withoutPatient(found)),
    id: ({ imageSetId }) => imageSetId,
    nothing: 'no image sets match',
  }
  return await printList(listing, texts, options, context)
}

/** Members that are always printed. Members that AHI may add later are not printed without `--show-patient`. */
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

const columns: readonly TableColumn[] = [
  { title: '  ImageSetId' },
  { title: 'Version', align: 'right' },
  { title: 'Modality' },
  { title: 'SeriesInstanceUID' },
]

/** Returns a row below the heading of its study. Both UIDs on one line would be wider than most terminals. */
function tableRow(found: ImageSetSummary, showPatient: boolean): StreamedRow {
  const { imageSetId, versionId, seriesModality, seriesInstanceUid, isPrimary } = found
  return {
    heading: studyLine(found, showPatient),
    cells: [`  ${imageSetId}`, versionId ?? '', seriesModality ?? '', seriesInstanceUid ?? ''],
    note: isPrimary ? undefined : '  (not primary)',
  }
}

function studyLine(found: ImageSetSummary, showPatient: boolean): string {
  const { studyInstanceUid = '', studyDate = '', patientId, patientName, accessionNumber, studyDescription } = found
  const patient = { patientId, patientName, accessionNumber, studyDescription }
  const named = Object.entries(showPatient ? patient : {}).map(([name, value]) => `${name}=${value ?? ''}`)
  return printable(['study', studyInstanceUid, studyDate, ...named].filter((part) => part !== '').join('  '))
}
