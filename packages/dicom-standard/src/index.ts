/**
 * Tags, value representations and typed access to attributes of the DICOM standard. The dictionary and the character
 * sets are subpaths, because not every program needs them.
 * @module
 */
export type { DicomAttributes } from './attributes.ts'
export { parseDecimal } from './decimal.ts'
export { functionalGroups } from './functional-groups.ts'
export type { FunctionalGroups } from './functional-groups.ts'
export { numberOfFrames } from './number-of-frames.ts'
export type { PixelArray } from './pixel-array.ts'
export {
  formatTag,
  isDataElement,
  isFileMeta,
  isGroupLength,
  isPrivate,
  isPrivateCreator,
  parseTag,
  tags,
} from './tags.ts'
export { valueRepresentation } from './value-representation.ts'
export type { ValueRepresentation } from './value-representation.ts'
