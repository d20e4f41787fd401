/**
 * Reads and writes the metadata document of AWS HealthImaging: types, attribute levels, value forms and frame
 * checksums.
 * @module
 */
export { attributeLevel } from './attribute-level.ts'
export type { AttributeLevel } from './attribute-level.ts'
export { encodeAttributeValue } from './attribute-value.ts'
export type { AttributeElement, ElementValue, EncodeAttributeOptions } from './attribute-value.ts'
export { resolveDocumentLimits } from './document-limits.ts'
export type { DocumentLimits, ResolvedDocumentLimits } from './document-limits.ts'
export { MetadataDocumentError } from './errors.ts'
export type { MetadataDocumentErrorCode } from './errors.ts'
export { stringifyJson } from './exact-json.ts'
export { frameChecksum, fullResolutionChecksum } from './frame-checksum.ts'
export { imageSetInstances } from './image-set-instances.ts'
export type { ImageSetInstance } from './image-set-instances.ts'
export type {
  AttributeMap,
  FrameChecksum,
  ImageFrame,
  ImageSetMetadata,
  InstanceMetadata,
  JsonValue,
  PatientMetadata,
  SeriesMetadata,
  StudyMetadata,
} from './image-set-metadata.ts'
export { levelChecksums } from './level-checksums.ts'
export type { FrameFormat } from './level-checksums.ts'
export { parseImageSetMetadata, type ParseOptions } from './parse-metadata.ts'
export { printable, printableJson } from './printable.ts'
export type { PrintableOptions } from './printable.ts'
export { serializeImageSetMetadata } from './serialize-metadata.ts'
