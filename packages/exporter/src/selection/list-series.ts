import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { attributeNumber, attributeText } from './attribute-text.ts'
import type { ExporterClient } from './client.ts'
import { loadListed, type ListOptions } from './load-listed.ts'
import type { NonPrimary } from './selection-options.ts'

/** Options of `listSeries`. */
export interface ListSeriesOptions extends ListOptions {
  /** List this study only. Replaces `selectors`. */
  readonly studyInstanceUid?: string | undefined
  /** How to treat image sets that are not primary. Default `include`; `isPrimary` tells them apart. */
  readonly nonPrimary?: NonPrimary | undefined
}

/** A series, and an image set with instances of it. */
export interface SeriesSummary {
  readonly imageSetId: string
  readonly versionId: string
  readonly isPrimary: boolean
  readonly studyInstanceUid: string | undefined
  readonly seriesInstanceUid: string
  readonly seriesNumber: number | undefined
  readonly modality: string | undefined
  readonly seriesDescription: string | undefined
  /** The number of wanted instances of the series in this image set. */
  readonly instanceCount: number
}

/** Yields series, image set by image set. Series without a wanted instance are left out. */
export async function* listSeries(
  client: ExporterClient,
  { studyInstanceUid, ...options }: ListSeriesOptions,
  closed: AbortSignal,
): AsyncGenerator<SeriesSummary, void, undefined> {
  const selectors = studyInstanceUid === undefined ? options.selectors : [{ studyInstanceUid }]
  const listing = { nonPrimary: 'include', ...options, selectors } as const
  for await (const { selected, loaded } of loadListed(client, listing, closed)) {
    if (loaded === undefined) continue
    const { imageSetId, isPrimary } = selected.summary
    const wanted = Map.groupBy(loaded.instances, (entry) => entry.seriesInstanceUid)
    for (const [seriesInstanceUid, instances] of wanted) {
      const [{ study, series } = { study: {}, series: {} }] = instances
      const studyInstanceUid = attributeText(study, 'StudyInstanceUID')
      const description = describe(series, instances.length)
      yield { imageSetId, versionId: loaded.versionId, isPrimary, studyInstanceUid, seriesInstanceUid, ...description }
    }
  }
}

function describe(attributes: AttributeMap, instanceCount: number): SeriesDescription {
  return {
    seriesNumber: attributeNumber(attributes, 'SeriesNumber'),
    modality: attributeText(attributes, 'Modality'),
    seriesDescription: attributeText(attributes, 'SeriesDescription'),
    instanceCount,
  }
}

type SeriesDescription = Pick<SeriesSummary, 'seriesNumber' | 'modality' | 'seriesDescription' | 'instanceCount'>
