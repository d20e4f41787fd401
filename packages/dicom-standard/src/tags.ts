/** Tags of attributes that programs handle specially, by PS3.6 keyword. */
export const tags = {
  fileMetaInformationGroupLength: 0x00020000,
  fileMetaInformationVersion: 0x00020001,
  mediaStorageSopClassUid: 0x00020002,
  mediaStorageSopInstanceUid: 0x00020003,
  transferSyntaxUid: 0x00020010,
  implementationClassUid: 0x00020012,
  implementationVersionName: 0x00020013,
  sourceApplicationEntityTitle: 0x00020016,
  sendingApplicationEntityTitle: 0x00020017,
  receivingApplicationEntityTitle: 0x00020018,
  privateInformationCreatorUid: 0x00020100,
  privateInformation: 0x00020102,
  specificCharacterSet: 0x00080005,
  directoryRecordSequence: 0x00041220,
  sopClassUid: 0x00080016,
  sopInstanceUid: 0x00080018,
  studyInstanceUid: 0x0020000d,
  seriesInstanceUid: 0x0020000e,
  samplesPerPixel: 0x00280002,
  photometricInterpretation: 0x00280004,
  planarConfiguration: 0x00280006,
  numberOfFrames: 0x00280008,
  rows: 0x00280010,
  columns: 0x00280011,
  bitsAllocated: 0x00280100,
  bitsStored: 0x00280101,
  highBit: 0x00280102,
  pixelRepresentation: 0x00280103,
  lossyImageCompression: 0x00282110,
  lossyImageCompressionRatio: 0x00282112,
  lossyImageCompressionMethod: 0x00282114,
  lutDescriptor: 0x00283002,
  lutData: 0x00283006,
  waveformBitsAllocated: 0x54001004,
  extendedOffsetTable: 0x7fe00001,
  extendedOffsetTableLengths: 0x7fe00002,
  encapsulatedPixelDataValueTotalLength: 0x7fe00003,
  floatPixelData: 0x7fe00008,
  doubleFloatPixelData: 0x7fe00009,
  pixelData: 0x7fe00010,
  item: 0xfffee000,
  itemDelimitationItem: 0xfffee00d,
  sequenceDelimitationItem: 0xfffee0dd,
} as const

/**
 * Returns a tag as `GGGGEEEE` in upper case, as in AHI and DICOM JSON.
 *
 * @example
 * import { formatTag } from '@ahi-dicom/dicom-standard'
 *
 * console.log(formatTag(0x00100010)) // 00100010
 */
export function formatTag(tag: number): string {
  return tag.toString(16).toUpperCase().padStart(8, '0')
}

/**
 * Parses a tag written as `GGGGEEEE` or `(gggg,eeee)`. Returns `undefined` for other text.
 *
 * @example
 * import { parseTag, tags } from '@ahi-dicom/dicom-standard'
 *
 * console.log(parseTag('(7FE0,0010)') === tags.pixelData) // true
 * console.log(parseTag('PixelData')) // undefined
 */
export function parseTag(text: string): number | undefined {
  const match = /^\(?([0-9a-fA-F]{4}),?([0-9a-fA-F]{4})\)?$/.exec(text)
  return match === null ? undefined : Number.parseInt(`${match[1]}${match[2]}`, 16)
}

/**
 * True for the tag of a private element, whose group is odd (PS3.5 7.8).
 *
 * @example
 * import { isPrivate } from '@ahi-dicom/dicom-standard'
 *
 * console.log(isPrivate(0x0019100a)) // true
 */
export function isPrivate(tag: number): boolean {
  return ((tag >>> 16) & 1) === 1
}

/**
 * True for the tag of a private creator: (gggg,0010) to (gggg,00FF) of a private group (PS3.5 7.8.1).
 *
 * @example
 * import { isPrivateCreator } from '@ahi-dicom/dicom-standard'
 *
 * console.log(isPrivateCreator(0x00190010)) // true
 * console.log(isPrivateCreator(0x0019100a)) // false
 */
export function isPrivateCreator(tag: number): boolean {
  const element = tag & 0xffff
  return isPrivate(tag) && element >= 0x10 && element <= 0xff
}

/**
 * True for a group length, (gggg,0000), which is retired in data sets (PS3.5 7.2).
 *
 * @example
 * import { isGroupLength } from '@ahi-dicom/dicom-standard'
 *
 * console.log(isGroupLength(0x00080000)) // true
 */
export function isGroupLength(tag: number): boolean {
  return (tag & 0xffff) === 0
}

/**
 * True if a data set can have the tag. (0000,eeee) belongs to messages, and (FFFE,eeee) delimits items.
 *
 * @example
 * import { isDataElement } from '@ahi-dicom/dicom-standard'
 *
 * console.log(isDataElement(0x00100010)) // true
 * console.log(isDataElement(0xfffee000)) // false
 */
export function isDataElement(tag: number): boolean {
  const group = tag >>> 16
  return group !== 0 && group !== 0xfffe
}

/**
 * True for File Meta Information (group 2), which comes before the data set of a file (PS3.10 7.1).
 *
 * @example
 * import { isFileMeta } from '@ahi-dicom/dicom-standard'
 *
 * console.log(isFileMeta(0x00020010)) // true
 */
export function isFileMeta(tag: number): boolean {
  return tag >>> 16 === 2
}
