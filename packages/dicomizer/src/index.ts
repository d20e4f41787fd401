/**
 * Turns an image set of AWS HealthImaging, its metadata document and its frames, into DICOM instances.
 * @module
 */
export type { DicomAttributes, PixelArray } from '@ahi-dicom/dicom-standard'
export type { DecodedFrame } from '@ahi-dicom/htj2k-decoder'
export { dicomJson } from './document/dicom-json.ts'
export type {
  DicomJsonDataSet,
  DicomJsonElement,
  DicomJsonOptions,
  DicomJsonPersonName,
  DicomJsonValue,
} from './document/dicom-json.ts'
export { dicomize } from './instance/dicomize.ts'
export {
  DcmjsMissingError,
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
export { createFrameReader } from './frames/create-frame-reader.ts'
export type { FrameDecoder, FrameReaderParts, FrameSource, StoredFrame } from './frames/create-frame-reader.ts'
export type { FrameReader, FrameRequest, FrameStream, ReadFrame, WantedFrame } from './frames/frame-reader.ts'
export type {
  BorrowedFrame,
  DicomInstance,
  DicomizeOptions,
  FileMeasure,
  InstanceDescription,
  InstanceEntry,
  ReadingOptions,
} from './instance/dicom-instance.ts'
export { dicomizeInstance } from './instance/dicomize-instance.ts'
export type { InstanceFile, InstanceRequest, InstanceSource } from './whole/instance-source.ts'
export type { InstanceNotice, InstanceNoticeCode } from './notices.ts'
export { encodeItem } from './part10/encode-item.ts'
export { encodePart10, encodePart10Envelope } from './part10/part10.ts'
export type { EncodePart10Options, Part10Envelope } from './part10/part10.ts'
export { implementationClassUid, implementationVersionName } from './part10/version.ts'
export type { FrameChecks } from './stream/pixel-stream.ts'
export { decodedPhotometric, storedPhotometric } from './pixels/photometric-interpretation.ts'
export type { ColourCoding } from './pixels/photometric-interpretation.ts'
export { isOfSyntax } from './frames/stored-form.ts'
export { decodableTransferSyntaxes, losslessTransferSyntax, storedSyntax } from './frames/transfer-syntax.ts'
export type { ChecksumBasis, LosslessStorageFormat, StoredSyntax } from './frames/transfer-syntax.ts'
