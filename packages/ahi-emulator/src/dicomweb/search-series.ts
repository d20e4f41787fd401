import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import type { DicomJsonDataSet } from '@ahi-dicom/dicomizer'
import { latestDocument } from '../operation/existing-resources.ts'
import type { OperationContext } from '../operation/operation.ts'
import type { ImageSet } from '../store/image-sets.ts'
import type { Search } from './search-query.ts'
import { needsDocument, resultJson, seriesAttributes, studyAttributes } from './search-results.ts'
import { seriesUrl } from './urls.ts'

/** Yields series in the order of their SeriesNumber. */
export async function* searchSeries(search: Search, context: OperationContext): AsyncGenerator<DicomJsonDataSet> {
  const { imageSets, primaryImageSets } = context.store
  for (const id of primaryImageSets.ids(search, search.query)) {
    const imageSet = imageSets.get(search.datastoreId, id)
    // The image set may be deleted while earlier results are sent.
    if (imageSet !== undefined) yield await describe(imageSet, search, context)
  }
}

/** Returns the attributes of a series and, if the path names no study, the attributes of its study. */
export function attributesOfSeries(imageSet: ImageSet, search: Search, context: OperationContext): AttributeMap {
  const { datastoreId, studyInstanceUid } = imageSet
  const ofStudy =
    search.study === undefined
      ? studyAttributes(context.store.primaryImageSets.ofStudy(datastoreId, studyInstanceUid))
      : {}
  return { ...ofStudy, ...seriesAttributes(imageSet), RetrieveURL: seriesUrl(search.baseUrl, imageSet) }
}

async function describe(imageSet: ImageSet, search: Search, context: OperationContext): Promise<DicomJsonDataSet> {
  const { fields } = search.query
  const document = needsDocument(fields) ? await latestDocument(imageSet, context) : undefined
  const series = document?.Study.Series[imageSet.seriesInstanceUid]?.DICOM ?? {}
  const levels = document === undefined ? [] : [document.Patient.DICOM, document.Study.DICOM, series]
  const attributes = attributesOfSeries(imageSet, search, context)
  const identity = { datastoreId: search.datastoreId, imageSetId: imageSet.id, sopInstanceUid: '' }
  return resultJson({ attributes, levels, vrs: {} }, fields, identity)
}
