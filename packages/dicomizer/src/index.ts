/**
 * Turns an image set of AWS HealthImaging, its metadata document and its frames, into DICOM instances.
 * @module
 */
export type { DicomAttributes } from './attributes.ts'
export { dicomJson } from './dicom-json.ts'
export type {
  DicomJsonDataSet,
  DicomJsonElement,
  DicomJsonOptions,
  DicomJsonPersonName,
  DicomJsonValue,
} from './dicom-json.ts'
export { dicomize } from './dicomize.ts'
export {
  FrameChecksumError,
  FrameDecodeError,
  FrameMismatchError,
  FrameMissingError,
  FrameSizeError,
  InstanceFileError,
  InstanceTooLargeError,
  MetadataError,
  UnsupportedTransferSyntaxError,
} from './errors.ts'
export type { FrameIdentity, InstanceIdentity } from './errors.ts'
export type { DecodedFrame, FrameDecoder, FrameRequest, FrameSource, FrameStream, StoredFrame } from './frames.ts'
export type { DicomInstance, DicomizeOptions } from './instance.ts'
export type { PixelOptions } from './instance-pixels.ts'
export type { InstanceFile, InstanceRequest, InstanceSource } from './instance-source.ts'
export type { InstanceNotice, InstanceNoticeCode } from './notices.ts'
export { encodePart10, encodePart10Envelope } from './part10.ts'
export type { EncodePart10Options, Part10Envelope } from './part10.ts'
export type { PixelArray } from './pixel-array.ts'
export type { FrameChecks } from './pixel-stream.ts'
export { storedSyntax } from './transfer-syntax.ts'
export type { ChecksumBasis, LosslessStorageFormat, StoredSyntax } from './transfer-syntax.ts'
