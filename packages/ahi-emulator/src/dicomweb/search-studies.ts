import type { DicomJsonDataSet } from '@ahi-dicom/dicomizer'
import { latestDocument } from '../operation/existing-resources.ts'
import type { OperationContext } from '../operation/operation.ts'
import type { Search } from './search-query.ts'
import { needsDocument, resultJson, studyAttributes } from './search-results.ts'

/** Yields studies, the most recently updated first. */
export async function* searchStudies(search: Search, context: OperationContext): AsyncGenerator<DicomJsonDataSet> {
  const { datastoreId, query, baseUrl } = search
  const { primaryImageSets } = context.store
  for (const studyInstanceUid of primaryImageSets.studies(search, query)) {
    const sets = primaryImageSets.ofStudy(datastoreId, studyInstanceUid)
    const [first] = sets
    // The study may be deleted while earlier results are sent.
    if (first === undefined) continue
    const document = needsDocument(query.fields) ? await latestDocument(first, context) : undefined
    const attributes = { ...studyAttributes(sets), RetrieveURL: `${baseUrl}/studies/${studyInstanceUid}` }
    const levels = document === undefined ? [] : [document.Patient.DICOM, document.Study.DICOM]
    yield resultJson({ attributes, levels, vrs: {} }, query.fields, {
      datastoreId,
      imageSetId: first.id,
      sopInstanceUid: '',
    })
  }
}
