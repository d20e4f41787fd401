import type { ImageSet, ImageSetSummary, ImageSetVersion } from '../model/image-set.ts'
import type { ImageSetRequest } from '../model/image-set-request.ts'
import { damaged, type JsonMembers } from './json-members.ts'

/** Reads an item of SearchImageSets in `datastoreId`. */
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

/** A search gives versions as numbers, other operations as text. */
function versionOf(summary: JsonMembers): string | undefined {
  const version = summary.number('version')
  if (version === undefined || (Number.isSafeInteger(version) && version >= 0)) return version?.toString()
  throw damaged('version is malformed')
}

/** Reads an item of ListImageSetVersions. */
export function readImageSetVersion(version: JsonMembers, asked: ImageSetRequest): ImageSetVersion {
  // The API has this name in lists, and another one in GetImageSet.
  return versionWith(version, asked, version.text('ImageSetWorkflowStatus'))
}

/** Reads the answer of GetImageSet. */
export function readImageSet(answer: JsonMembers, asked: ImageSetRequest): ImageSet {
  const isOther = answer.requiredId('datastoreId') !== asked.datastoreId
  const version = versionWith(answer, asked, answer.text('imageSetWorkflowStatus'))
  if (isOther || (asked.versionId !== undefined && BigInt(version.versionId) !== BigInt(asked.versionId))) {
    throw damaged('it is about another image set or version')
  }
  return {
    ...version,
    imageSetArn: answer.text('imageSetArn'),
    lastAccessedAt: answer.date('lastAccessedAt'),
    storageTier: answer.text('storageTier'),
  }
}

function versionWith(
  version: JsonMembers,
  { datastoreId, imageSetId }: ImageSetRequest,
  imageSetWorkflowStatus: string | undefined,
): ImageSetVersion {
  if (version.requiredId('imageSetId') !== imageSetId) throw damaged('it is about another image set')
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
