import type { OperationContext } from '../operation/operation.ts'
import type { Datastore } from '../store/datastores.ts'
import type { ImageSet } from '../store/image-sets.ts'
import type { VersionProperties } from '../store/version-table.ts'

/**
 * Returns a timestamp of the API: seconds since 1970 with a fraction. The SDK for JavaScript cannot read ISO text here.
 */
export function epochSeconds(milliseconds: number): number {
  return milliseconds / 1000
}

/** Returns the ARN of a data store. */
export function datastoreArn(datastoreId: string, { region, accountId }: OperationContext): string {
  return `arn:aws:medical-imaging:${region}:${accountId}:datastore/${datastoreId}`
}

/** Returns the members that the summary and the properties of a data store share. */
export function describeDatastore(datastore: Datastore, context: OperationContext): Record<string, unknown> {
  const { id, name, status, createdAt, updatedAt } = datastore
  return {
    datastoreId: id,
    datastoreName: name,
    datastoreStatus: status,
    datastoreArn: datastoreArn(id, context),
    createdAt: epochSeconds(createdAt),
    updatedAt: epochSeconds(updatedAt),
  }
}

/** Returns the members that GetImageSet and ListImageSetVersions share. Members that are `undefined` are not sent. */
export function describeVersion(version: VersionProperties): Record<string, unknown> {
  const { imageSetId, state, isPrimary, isForced, message, createdAt, updatedAt, deletedAt } = version
  return {
    imageSetId,
    versionId: String(version.version),
    imageSetState: state,
    isPrimary,
    overrides: isForced ? { forced: true } : undefined,
    message,
    createdAt: epochSeconds(createdAt),
    updatedAt: epochSeconds(updatedAt),
    deletedAt: deletedAt === undefined ? undefined : epochSeconds(deletedAt),
  }
}

/** Image sets are archived after this time without access (developer guide, "Understanding storage tiers"). */
const archivedAfterMs = 30 * 24 * 60 * 60 * 1000

/**
 * Returns the storage tier and last access of an image set. Before its first access, the time of its last update
 * counts.
 */
export function describeStorage(
  { imageSetId, updatedAt }: { readonly imageSetId: string; readonly updatedAt: number },
  { store, now }: OperationContext,
): Record<string, unknown> {
  const accessedAt = store.accessTimes.of(imageSetId) ?? updatedAt
  const isArchived = now() - accessedAt >= archivedAfterMs
  return {
    lastAccessedAt: epochSeconds(accessedAt),
    storageTier: isArchived ? 'ARCHIVE_INSTANT_ACCESS' : 'FREQUENT_ACCESS',
  }
}

/** Returns the summary of an image set in SearchImageSets. */
export function summarizeImageSet(imageSet: ImageSet, context: OperationContext): Record<string, unknown> {
  return {
    imageSetId: imageSet.id,
    version: imageSet.latestVersion,
    createdAt: epochSeconds(imageSet.createdAt),
    updatedAt: epochSeconds(imageSet.updatedAt),
    ...describeStorage({ imageSetId: imageSet.id, updatedAt: imageSet.updatedAt }, context),
    isPrimary: imageSet.isPrimary,
    DICOMTags: {
      DICOMPatientId: imageSet.patientId,
      DICOMPatientName: imageSet.patientName,
      DICOMPatientBirthDate: imageSet.patientBirthDate,
      DICOMPatientSex: imageSet.patientSex,
      DICOMStudyInstanceUID: imageSet.studyInstanceUid,
      DICOMStudyId: imageSet.studyId,
      DICOMStudyDescription: imageSet.studyDescription,
      DICOMNumberOfStudyRelatedSeries: 1,
      DICOMNumberOfStudyRelatedInstances: imageSet.instanceCount,
      DICOMAccessionNumber: imageSet.accessionNumber,
      DICOMSeriesInstanceUID: imageSet.seriesInstanceUid,
      DICOMSeriesModality: imageSet.modality,
      DICOMSeriesBodyPart: imageSet.bodyPart,
      DICOMSeriesNumber: imageSet.seriesNumber,
      DICOMStudyDate: imageSet.studyDate,
      DICOMStudyTime: imageSet.studyTime,
    },
  }
}
