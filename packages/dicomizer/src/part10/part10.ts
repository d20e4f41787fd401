import type { AttributeMap } from '@ahi-dicom/ahi-metadata'

import { ByteWriter } from '../data-set/byte-writer.ts'
import { findElement, type DataSet } from '../data-set/data-set.ts'
import { encapsulatedPixelData } from './encapsulation.ts'
import { encodeDataSet } from './encode-data-set.ts'
import { MetadataError, type InstanceIdentity } from '../errors.ts'
import { encodeFileMeta, fileMetaInformation } from './file-meta.ts'
import { nativePixelDataHeader } from './native-pixel-data.ts'
import { createNoticeCollector, type InstanceNotice, type NoticeCollector } from '../notices.ts'
import { resolveInstance } from '../document/resolve-instance.ts'
import { formatTag, tags } from '@ahi-dicom/dicom-standard'
import { textOfElement } from '../data-set/text-of-element.ts'
import { explicitVrLittleEndian } from '@ahi-dicom/dicom-standard/transfer-syntaxes'

/** A Part 10 file without its Pixel Data. */
export interface Part10Envelope {
  /** Preamble, group 2 and the data set up to Pixel Data. */
  readonly head: Uint8Array<ArrayBuffer>
  /** The data set after Pixel Data. Usually empty. */
  readonly tail: Uint8Array<ArrayBuffer>
}

/** The next instance uses the same buffer, unless it grew beyond this many bytes. */
const keptCapacity = 1 << 20
const nothing = new Uint8Array(0)
let scratch = new ByteWriter(1 << 16)

/** Options of {@link encodeEnvelope}. */
export interface EnvelopeContent {
  readonly dataSet: DataSet
  readonly importedFileMeta: DataSet
  readonly transferSyntaxUid: string
  /** Receives notices about text that is not written as the data set states. */
  readonly notices?: NoticeCollector | undefined
}

/**
 * Encodes an instance without its pixels.
 *
 * @throws {MetadataError} if SOPClassUID or SOPInstanceUID is missing, or a value cannot be written
 */
export function encodeEnvelope(content: EnvelopeContent, identity: InstanceIdentity): Part10Envelope {
  const { dataSet, importedFileMeta: imported, transferSyntaxUid, notices } = content
  const uid = (from: DataSet, tag: number): string | undefined => uidOf(from, tag, identity)
  const fileMeta = fileMetaInformation({
    sopClassUid:
      uid(dataSet, tags.sopClassUid) ?? uid(imported, tags.mediaStorageSopClassUid) ?? missing('SOPClassUID'),
    sopInstanceUid:
      uid(dataSet, tags.sopInstanceUid) ?? uid(imported, tags.mediaStorageSopInstanceUid) ?? missing('SOPInstanceUID'),
    transferSyntaxUid,
    imported,
  })
  const writer = scratch
  writer.length = 0
  encodeFileMeta(writer, fileMeta, identity)
  const { pixelDataOffset } = encodeDataSet(writer, dataSet, { identity, notices })
  const tail = pixelDataOffset === writer.length ? nothing : writer.take(pixelDataOffset)
  const envelope = { head: writer.take(0, pixelDataOffset), tail }
  if (writer.capacity > keptCapacity) scratch = new ByteWriter(1 << 16)
  return envelope

  function missing(keyword: string): never {
    throw new MetadataError(identity, keyword, 'it is missing')
  }
}

/**
 * Returns a UID without its padding, or undefined if it is missing or empty.
 *
 * @throws {MetadataError} if the value is not a UID
 */
export function uidOf(dataSet: DataSet, tag: number, identity: InstanceIdentity): string | undefined {
  const element = findElement(dataSet, tag)
  if (element === undefined) return undefined
  if (element.vr !== 'UI') throw new MetadataError(identity, formatTag(tag), 'it is not a UID')
  return textOfElement(element, identity).replace(/[\0 ]+$/, '') || undefined
}

/** Options of {@link encodePart10}. */
export interface EncodePart10Options {
  /** Attributes in the value forms of the metadata document, with or without group 2. */
  readonly attributes: AttributeMap
  /** VRs of attributes that are keyed by tag. Default: they are chosen by the values. */
  readonly vrs?: Readonly<Record<string, string>>
  /** Default: Explicit VR Little Endian. For any other syntax, `pixelData` has to be encoded frames. */
  readonly transferSyntaxUid?: string
  /** Native pixels in little endian, or encoded frames. Each encoded frame becomes one fragment. */
  readonly pixelData?: Uint8Array | readonly Uint8Array[]
  /** Called for each notice, for example if the file lacks an attribute. */
  readonly onNotice?: (notice: InstanceNotice) => void
}

/**
 * Encodes a whole DICOM file in memory. The attributes have the value forms of AHI's metadata document.
 *
 * @throws {MetadataError} for an attribute that cannot be written.
 * @example
 * import { writeFile } from 'node:fs/promises'
 * import { encodePart10 } from '@ahi-dicom/dicomizer'
 *
 * const attributes = {
 *   SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
 *   SOPInstanceUID: '1.2.3',
 *   PatientID: 'A1',
 * }
 * await writeFile('header.dcm', encodePart10({ attributes }))
 */
export function encodePart10(options: EncodePart10Options): Uint8Array<ArrayBuffer> {
  const { dataSet, head, tail } = encodeAttributes(options)
  return concatenate([head, ...pixelDataParts(options.pixelData, dataSet), tail])
}

/**
 * Encodes a DICOM file in two parts, without Pixel Data. Write the Pixel Data element between them, for example to
 * avoid holding pixels in memory.
 *
 * @throws {MetadataError} for an attribute that cannot be written.
 * @example
 * import { writeFile } from 'node:fs/promises'
 * import { tags } from '@ahi-dicom/dicom-standard'
 * import { longElementHeader } from '@ahi-dicom/dicom-standard/part10'
 * import { encodePart10Envelope } from '@ahi-dicom/dicomizer'
 *
 * const attributes = { SOPClassUID: '1.2.840.10008.5.1.4.1.1.7', SOPInstanceUID: '1.2.3', BitsAllocated: 8 }
 * const { head, tail } = encodePart10Envelope({ attributes })
 * const pixels = new Uint8Array(64)
 * await writeFile('picture.dcm', [head, longElementHeader(tags.pixelData, 'OB', pixels.length), pixels, tail])
 */
export function encodePart10Envelope(options: Omit<EncodePart10Options, 'pixelData'>): Part10Envelope {
  const { head, tail } = encodeAttributes(options)
  return { head, tail }
}

function encodeAttributes(options: EncodePart10Options): Part10Envelope & { readonly dataSet: DataSet } {
  const { attributes, vrs = {}, transferSyntaxUid = explicitVrLittleEndian, onNotice } = options
  const identity = {}
  const { dataSet, fileMeta, notices: resolving } = resolveInstance([attributes], { vrs, identity })
  const notices = createNoticeCollector()
  for (const notice of resolving) notices.add(notice)
  const envelope = encodeEnvelope({ dataSet, importedFileMeta: fileMeta, transferSyntaxUid, notices }, identity)
  if (onNotice !== undefined) notices.list().forEach(onNotice)
  return { ...envelope, dataSet }
}

function pixelDataParts(pixelData: EncodePart10Options['pixelData'], dataSet: DataSet): readonly Uint8Array[] {
  if (pixelData === undefined) return []
  if (!(pixelData instanceof Uint8Array)) return encapsulatedPixelData(pixelData)
  const bitsAllocated = Number(findElement(dataSet, tags.bitsAllocated)?.value ?? 8)
  const padding = new Uint8Array(pixelData.length % 2)
  return [nativePixelDataHeader(pixelData.length, bitsAllocated), pixelData, padding]
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}
