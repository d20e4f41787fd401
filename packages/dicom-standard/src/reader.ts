/**
 * Reads the data sets of DICOM files without converting values: {@link readPart10} for files in memory, {@link
 * openPart10} for files too large for memory.
 * @module
 */
export { bytesInMemory } from './reader/byte-source.ts'
export type { ByteRange, ByteSource } from './reader/byte-source.ts'
export type { DataElement, DataSet } from './reader/data-element.ts'
export { dataSetAttributes } from './reader/data-set-attributes.ts'
export { elementValues, isBinary, plainText, swapBytes, unsignedShort } from './reader/element-values.ts'
export type { FieldValue } from './reader/element-values.ts'
export { openPart10 } from './reader/open-part10.ts'
export type { FileElement, OpenPart10Options, OpenedPart10 } from './reader/open-part10.ts'
export { readImplicitSequence } from './reader/read-elements.ts'
export { readPart10 } from './reader/read-part10.ts'
export type { Part10File } from './reader/read-part10.ts'
export { UnreadableFileError } from './reader/unreadable-file-error.ts'
