import type { ImageSetSummary } from '@ahi-dicom/ahi-client'
import type { ImageSetInstance } from '@ahi-dicom/ahi-metadata'
import { attributeNumber, attributeText } from './attribute-text.ts'
import type { ExporterClient } from './client.ts'
import { loadListed, type ListOptions } from './load-listed.ts'
import type { SelectedImageSet } from './selection.ts'

/** Yields image sets with at least one wanted instance. Reads a document only if AHI's search does not tell enough. */
export async function* listImageSets(
  client: ExporterClient,
  options: ListOptions,
  closed: AbortSignal,
): AsyncGenerator<ImageSetSummary, void, undefined> {
  for await (const { selected, loaded } of loadListed(client, { ...options, needsDocument }, closed)) {
    if (loaded === undefined) {
      yield selected.summary
      continue
    }
    const [first] = loaded.instances
    if (first !== undefined) yield completed({ ...selected.summary, versionId: loaded.versionId }, first)
  }
}

/**
 * Returns true if the document is needed. An image set named by its id always needs it, because no search returned its
 * contents.
 */
function needsDocument({ summary, groups, filters }: SelectedImageSet): boolean {
  const { studyInstanceUid, seriesInstanceUid } = summary
  if (filters.length > 0 || studyInstanceUid === undefined) return true
  return groups.length > 0 && !groups.some((group) => group.wantsAll(seriesInstanceUid))
}

/** Adds to a summary the members that only the document tells. */
function completed(summary: ImageSetSummary, { patient, study, series }: ImageSetInstance): ImageSetSummary {
  if (summary.studyInstanceUid !== undefined) return summary
  const attributes = { ...patient, ...study, ...series }
  const text = (keyword: string): string | undefined => attributeText(attributes, keyword)
  return {
    ...summary,
    patientId: text('PatientID'),
    patientName: text('PatientName'),
    patientBirthDate: text('PatientBirthDate'),
    patientSex: text('PatientSex'),
    studyInstanceUid: text('StudyInstanceUID'),
    studyId: text('StudyID'),
    studyDescription: text('StudyDescription'),
    studyDate: text('StudyDate'),
    studyTime: text('StudyTime'),
    accessionNumber: text('AccessionNumber'),
    seriesInstanceUid: text('SeriesInstanceUID'),
    seriesModality: text('Modality'),
    seriesBodyPart: text('BodyPartExamined'),
    seriesNumber: attributeNumber(attributes, 'SeriesNumber'),
  }
}
