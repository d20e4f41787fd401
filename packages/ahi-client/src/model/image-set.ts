/** An image set as SearchImageSets has it. Most of it describes a patient: not for logs. */
export interface ImageSetSummary {
  readonly datastoreId: string
  readonly imageSetId: string
  /** The latest version. */
  readonly versionId: string | undefined
  /** Whether this is the image set of its series that is current. True where AHI does not say. */
  readonly isPrimary: boolean
  readonly createdAt: Date | undefined
  readonly updatedAt: Date | undefined
  readonly lastAccessedAt: Date | undefined
  /** `FREQUENT_ACCESS` or `ARCHIVE_INSTANT_ACCESS`; both are read in the same way. */
  readonly storageTier: string | undefined
  readonly patientId: string | undefined
  readonly patientName: string | undefined
  readonly patientBirthDate: string | undefined
  readonly patientSex: string | undefined
  readonly studyInstanceUid: string | undefined
  readonly studyId: string | undefined
  readonly studyDescription: string | undefined
  /** DICOM DA. */
  readonly studyDate: string | undefined
  /** DICOM TM. */
  readonly studyTime: string | undefined
  readonly accessionNumber: string | undefined
  readonly numberOfStudyRelatedSeries: number | undefined
  readonly numberOfStudyRelatedInstances: number | undefined
  readonly seriesInstanceUid: string | undefined
  readonly seriesModality: string | undefined
  readonly seriesBodyPart: string | undefined
  readonly seriesNumber: number | undefined
}

/** One version of an image set, as ListImageSetVersions has it. */
export interface ImageSetVersion {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly versionId: string
  /** `ACTIVE`, `LOCKED` or `DELETED`. */
  readonly imageSetState: string | undefined
  /** For example `IMPORTED`, `UPDATING`, `COPY_FAILED`. */
  readonly imageSetWorkflowStatus: string | undefined
  readonly createdAt: Date | undefined
  readonly updatedAt: Date | undefined
  readonly deletedAt: Date | undefined
  /** Why the last change failed. */
  readonly message: string | undefined
  /** Whether the last change was forced. */
  readonly forced: boolean
  /** True where AHI does not say. */
  readonly isPrimary: boolean
}

/** An image set as GetImageSet has it. */
export interface ImageSet extends ImageSetVersion {
  readonly imageSetArn: string | undefined
  readonly lastAccessedAt: Date | undefined
  /** `FREQUENT_ACCESS` or `ARCHIVE_INSTANT_ACCESS`; both are read in the same way. */
  readonly storageTier: string | undefined
}
