/** An image set in the results of SearchImageSets. Most fields describe a patient, so do not log them. */
export interface ImageSetSummary {
  readonly datastoreId: string
  readonly imageSetId: string
  /** The latest version. */
  readonly versionId: string | undefined
  /** True if this is the current image set of its series, or if AHI does not say. */
  readonly isPrimary: boolean
  readonly createdAt: Date | undefined
  readonly updatedAt: Date | undefined
  readonly lastAccessedAt: Date | undefined
  /** `FREQUENT_ACCESS` or `ARCHIVE_INSTANT_ACCESS`. Both are read in the same way. */
  readonly storageTier: string | undefined
  readonly patientId: string | undefined
  readonly patientName: string | undefined
  readonly patientBirthDate: string | undefined
  readonly patientSex: string | undefined
  readonly studyInstanceUid: string | undefined
  readonly studyId: string | undefined
  readonly studyDescription: string | undefined
  /** In the form of the VR DA. */
  readonly studyDate: string | undefined
  /** In the form of the VR TM. */
  readonly studyTime: string | undefined
  readonly accessionNumber: string | undefined
  readonly numberOfStudyRelatedSeries: number | undefined
  readonly numberOfStudyRelatedInstances: number | undefined
  readonly seriesInstanceUid: string | undefined
  readonly seriesModality: string | undefined
  readonly seriesBodyPart: string | undefined
  readonly seriesNumber: number | undefined
}

/** One version of an image set from ListImageSetVersions. */
export interface ImageSetVersion {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly versionId: string
  /** `ACTIVE`, `LOCKED` or `DELETED`. */
  readonly imageSetState: string | undefined
  /** For example `IMPORTED`, `UPDATING` or `COPY_FAILED`. */
  readonly imageSetWorkflowStatus: string | undefined
  readonly createdAt: Date | undefined
  readonly updatedAt: Date | undefined
  readonly deletedAt: Date | undefined
  /** Why the last change failed. */
  readonly message: string | undefined
  /** True if the last change was forced. */
  readonly forced: boolean
  /** True if AHI does not say. */
  readonly isPrimary: boolean
}

/** The properties of an image set from GetImageSet. */
export interface ImageSet extends ImageSetVersion {
  readonly imageSetArn: string | undefined
  readonly lastAccessedAt: Date | undefined
  /** `FREQUENT_ACCESS` or `ARCHIVE_INSTANT_ACCESS`. Both are read in the same way. */
  readonly storageTier: string | undefined
}
