import { createKeySet } from '@ahi-dicom/export-files'
import { formatSelector, type SeriesSummary } from '@ahi-dicom/exporter'
import type { CommandContext } from '../command-context.ts'
import type { ExitCode } from '../exit-codes.ts'
import type { StreamedRow } from '../stream-table.ts'
import type { TableColumn } from '../table.ts'
import { printList, type Listing, type ListingOptions } from './list.ts'

/** Options of `series`. */
export interface SeriesOptions extends ListingOptions {
  readonly study?: string
}

/** Lists series and their image sets as a table, or with `--json` as one `SeriesSummary` per line. */
export async function listSeries(
  texts: readonly string[],
  { study, ...options }: SeriesOptions,
  context: CommandContext,
): Promise<ExitCode> {
  using printed = createKeySet()
  const listing: Listing<SeriesSummary> = {
    items: (exporter, selection) => exporter.listSeries(selection),
    columns,
    row: tableRow,
    json: (series) => series,
    id(series) {
      const selector = selectorOf(series)
      return printed.add(selector) ? selector : undefined
    },
    nothing: 'no series match',
  }
  return await printList(listing, study === undefined ? texts : [study, ...texts], options, context)
}

/** Returns a selector of the series. It has the study's UID as well, because a UID alone selects a study. */
function selectorOf({ studyInstanceUid, seriesInstanceUid }: SeriesSummary): string {
  return studyInstanceUid === undefined ? seriesInstanceUid : formatSelector({ studyInstanceUid, seriesInstanceUid })
}

function tableRow(series: SeriesSummary): StreamedRow {
  return {
    cells: [
      series.imageSetId,
      String(series.seriesNumber ?? ''),
      series.modality ?? '',
      series.seriesDescription ?? '',
      String(series.instanceCount),
      series.seriesInstanceUid,
    ],
    note: series.isPrimary ? undefined : '  (not primary)',
  }
}

const columns: readonly TableColumn[] = [
  { title: 'ImageSetId' },
  { title: 'SeriesNumber', align: 'right' },
  { title: 'Modality' },
  { title: 'SeriesDescription', mayBeCut: true },
  { title: 'InstanceCount', align: 'right' },
  { title: 'SeriesInstanceUID' },
]
