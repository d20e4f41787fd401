import type { AttributeMap, SeriesMetadata } from '@ahi-dicom/ahi-metadata'
import type { ExporterClient } from './client.ts'
import { loadSelectedImageSets } from './load-metadata.ts'
import type { NonPrimary } from './selection-options.ts'
import { loadingFailure, passOn } from './item-failure.ts'
import type { ErrorEntry } from '@ahi-dicom/export-files'

/** Of which study to list the series. */
export interface ListSeriesOptions {
  readonly datastoreId: string
  readonly studyInstanceUid: string
  /** Whether image sets that are not primary are listed too. Default `include`: `isPrimary` tells them apart. */
  readonly nonPrimary?: NonPrimary | undefined
  readonly signal?: AbortSignal | undefined
  /** Told of every image set that cannot be read, which is left out. Default: the first one ends the list with its error. */
  readonly onFailure?: ((failure: ErrorEntry) => void) | undefined
}

/** A series and an image set that holds instances of it. */
export interface SeriesSummary {
  readonly imageSetId: string
  readonly versionId: string
  readonly isPrimary: boolean
  readonly seriesInstanceUid: string
  readonly seriesNumber: number | undefined
  readonly modality: string | undefined
  readonly seriesDescription: string | undefined
  /** Instances of the series in this image set. */
  readonly instanceCount: number
}

/** Lists the series of a study, image set by image set, the primary ones first. */
export async function* listSeries(
  client: ExporterClient,
  options: ListSeriesOptions,
  closed: AbortSignal,
): AsyncGenerator<SeriesSummary, void, undefined> {
  const { datastoreId, studyInstanceUid, nonPrimary = 'include', onFailure } = options
  const signal = options.signal === undefined ? closed : AbortSignal.any([closed, options.signal])
  const selection = { datastoreId, selectors: [{ studyInstanceUid }], nonPrimary, signal }
  for await (const loading of loadSelectedImageSets(client, selection)) {
    if (loading.kind === 'done') continue
    if (loading.kind !== 'loaded') {
      passOn(loadingFailure(datastoreId, loading), onFailure)
      continue
    }
    const { imageSetId, isPrimary } = loading.selected
    for (const [seriesInstanceUid, series] of Object.entries(loading.metadata.Study.Series)) {
      yield { imageSetId, versionId: loading.versionId, isPrimary, seriesInstanceUid, ...describe(series) }
    }
  }
}

function describe({ DICOM: attributes, Instances: instances }: SeriesMetadata): SeriesDescription {
  const number = Number.parseInt(text(attributes, 'SeriesNumber') ?? '', 10)
  return {
    seriesNumber: Number.isNaN(number) ? undefined : number,
    modality: text(attributes, 'Modality'),
    seriesDescription: text(attributes, 'SeriesDescription'),
    instanceCount: Object.keys(instances).length,
  }
}

type SeriesDescription = Pick<SeriesSummary, 'seriesNumber' | 'modality' | 'seriesDescription' | 'instanceCount'>

function text(attributes: AttributeMap, keyword: string): string | undefined {
  const value = attributes[keyword]
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}
