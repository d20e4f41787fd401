/** A JSON value. 64-bit integers (SV, UV) that a double cannot hold exactly are bigint. */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | { [key: string]: JsonValue }

/**
 * Attributes by PS3.6 keyword. Attributes without a keyword (private ones) are under their tag, `GGGGEEEE` in
 * upper-case hex.
 */
export interface AttributeMap {
  [keywordOrTag: string]: JsonValue
}

/** Checksum of a frame at one resolution. */
export interface FrameChecksum {
  Width: number
  Height: number
  /** CRC-32, unsigned. */
  Checksum: number
  [unknownKey: string]: unknown
}

/** One frame of an instance, in the order of the instance's frames. */
export interface ImageFrame {
  /** The `imageFrameId` for GetImageFrame. */
  ID: string
  PixelDataChecksumFromBaseToFullResolution?: FrameChecksum[]
  /** Smallest stored value (before rescale). `null` if AHI keeps the frame as it was encoded. */
  MinPixelValue?: number | null
  /** Largest stored value (before rescale). `null` if AHI keeps the frame as it was encoded. */
  MaxPixelValue?: number | null
  /**
   * Size of the decoded frame in documents of 2023, of the stored frame in newer ones. Do not use it to allocate or to
   * check.
   */
  FrameSizeInBytes?: number
  [unknownKey: string]: unknown
}

/** One SOP instance: the attributes at the level `Instance`, including group 2 and private attributes. */
export interface InstanceMetadata {
  DICOM: AttributeMap
  /** VRs of the attributes that are keyed by tag: `GGGGEEEE` to VR. */
  DICOMVRs: { [tag: string]: string }
  /** Transfer syntax of the frames as AHI stores them. Absent in documents of 2023. */
  StoredTransferSyntaxUID?: string
  /** `DECOMPRESSED` if the checksums were computed over decoded pixels. */
  ChecksumType?: string
  /** Empty for instances without pixels. */
  ImageFrames: ImageFrame[]
  [unknownKey: string]: unknown
}

/** One series. */
export interface SeriesMetadata {
  DICOM: AttributeMap
  /** Instances by SOPInstanceUID. */
  Instances: { [sopInstanceUid: string]: InstanceMetadata }
  [unknownKey: string]: unknown
}

/** The Patient part of the document. */
export interface PatientMetadata {
  DICOM: AttributeMap
  [unknownKey: string]: unknown
}

/** The Study part of the document. */
export interface StudyMetadata {
  DICOM: AttributeMap
  /** Series by SeriesInstanceUID. */
  Series: { [seriesInstanceUid: string]: SeriesMetadata }
  [unknownKey: string]: unknown
}

/** The document of GetImageSetMetadata. */
export interface ImageSetMetadata {
  /** `1.1` in every document seen so far. Empty if the document has no version. */
  SchemaVersion: string
  DatastoreID: string
  ImageSetID: string
  Patient: PatientMetadata
  Study: StudyMetadata
  [unknownKey: string]: unknown
}
