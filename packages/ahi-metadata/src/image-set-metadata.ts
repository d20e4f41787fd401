/** A JSON value in which integers of 64 bits that a double cannot hold safely (SV, UV) are bigint. */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | { [key: string]: JsonValue }

/** Attributes by PS3.6 keyword, or by `GGGGEEEE` in upper hex where AHI knows no keyword (private attributes). */
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
  /** The imageFrameId of GetImageFrame. */
  ID: string
  PixelDataChecksumFromBaseToFullResolution?: FrameChecksum[]
  /** Smallest stored value (before rescale); `null` where AHI keeps the frame as it was encoded. */
  MinPixelValue?: number | null
  /** Largest stored value (before rescale); `null` where AHI keeps the frame as it was encoded. */
  MaxPixelValue?: number | null
  /** Decoded size in documents of 2023, stored size in newer ones: no number to allocate or check by. */
  FrameSizeInBytes?: number
  [unknownKey: string]: unknown
}

/** One SOP instance: the attributes of its level, group 2 and private ones included. */
export interface InstanceMetadata {
  DICOM: AttributeMap
  /** VRs of the attributes keyed by tag, `GGGGEEEE` to VR. */
  DICOMVRs: { [tag: string]: string }
  /** Transfer syntax of the frames as AHI stores them; absent in documents of 2023. */
  StoredTransferSyntaxUID?: string
  /** `DECOMPRESSED` where the checksums are those of decoded pixels. */
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
  /** `1.1` in every document seen; empty where the document names none. */
  SchemaVersion: string
  DatastoreID: string
  ImageSetID: string
  Patient: PatientMetadata
  Study: StudyMetadata
  [unknownKey: string]: unknown
}
