import type { ImageSet, ImageSetSummary, ImageSetVersion } from '../model/image-set.ts'
import type { ImageSetRequest } from '../model/image-set-request.ts'
import { damaged, type JsonMembers } from './json-members.ts'

/** Reads one item of SearchImageSets. The items do not name their data store. */
export function readImageSetSummary(summary: JsonMembers, datastoreId: string): ImageSetSummary {
  const tags = summary.object('DICOMTags')
  return {
    datastoreId,
    imageSetId: summary.requiredId('imageSetId'),
    versionId: versionOf(summary),
    isPrimary: summary.boolean('isPrimary') ?? true,
    createdAt: summary.date('createdAt'),
    updatedAt: summary.date('updatedAt'),
    lastAccessedAt: summary.date('lastAccessedAt'),
    storageTier: summary.text('storageTier'),
    patientId: tags?.text('DICOMPatientId'),
    patientName: tags?.text('DICOMPatientName'),
    patientBirthDate: tags?.text('DICOMPatientBirthDate'),
    patientSex: tags?.text('DICOMPatientSex'),
    studyInstanceUid: tags?.text('DICOMStudyInstanceUID'),
    studyId: tags?.text('DICOMStudyId'),
    studyDescription: tags?.text('DICOMStudyDescription'),
    studyDate: tags?.text('DICOMStudyDate'),
    studyTime: tags?.text('DICOMStudyTime'),
    accessionNumber: tags?.text('DICOMAccessionNumber'),
    numberOfStudyRelatedSeries: tags?.number('DICOMNumberOfStudyRelatedSeries'),
    numberOfStudyRelatedInstances: tags?.number('DICOMNumberOfStudyRelatedInstances'),
    seriesInstanceUid: tags?.text('DICOMSeriesInstanceUID'),
    seriesModality: tags?.text('DICOMSeriesModality'),
    seriesBodyPart: tags?.text('DICOMSeriesBodyPart'),
    seriesNumber: tags?.number('DICOMSeriesNumber'),
  }
}

/** Returns the version as text. A search has versions as numbers, other operations have them as text. */
function versionOf(summary: JsonMembers): string | undefined {
  const version = summary.number('version')
  if (version === undefined || (Number.isSafeInteger(version) && version >= 0)) return version?.toString()
  throw damaged('version is malformed')
}

/** Reads an item of ListImageSetVersions. */
export function readImageSetVersion(version: JsonMembers, requested: ImageSetRequest): ImageSetVersion {
  // The API capitalises this name in lists, but not in GetImageSet.
  return imageSetVersion(version, requested, version.text('ImageSetWorkflowStatus'))
}

/** Reads the answer of GetImageSet. */
export function readImageSet(answer: JsonMembers, requested: ImageSetRequest): ImageSet {
  const isOther = answer.requiredId('datastoreId') !== requested.datastoreId
  const version = imageSetVersion(answer, requested, answer.text('imageSetWorkflowStatus'))
  if (isOther || (requested.versionId !== undefined && BigInt(version.versionId) !== BigInt(requested.versionId))) {
    throw damaged('it describes another image set or version')
  }
  return {
    ...version,
    imageSetArn: answer.text('imageSetArn'),
    lastAccessedAt: answer.date('lastAccessedAt'),
    storageTier: answer.text('storageTier'),
  }
}

function imageSetVersion(
  version: JsonMembers,
  { datastoreId, imageSetId }: ImageSetRequest,
  imageSetWorkflowStatus: string | undefined,
): ImageSetVersion {
  if (version.requiredId('imageSetId') !== imageSetId) throw damaged('it describes another image set')
  return {
    datastoreId,
    imageSetId,
    versionId: version.requiredVersion('versionId'),
    imageSetState: version.requiredText('imageSetState'),
    imageSetWorkflowStatus,
    createdAt: version.date('createdAt'),
    updatedAt: version.date('updatedAt'),
    deletedAt: version.date('deletedAt'),
    message: version.text('message'),
    forced: version.object('overrides')?.boolean('forced') ?? false,
    isPrimary: version.boolean('isPrimary') ?? true,
  }
}
