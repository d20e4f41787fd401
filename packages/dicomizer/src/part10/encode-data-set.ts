import type { JsonValue } from '@ahi-dicom/ahi-metadata'

import type { ByteWriter } from '../data-set/byte-writer.ts'
import { choicesLeft, isMisfitOf, noteMisfit, type EncodeContext } from '../text/character-set-scope.ts'
import { findElement, type DataElement, type DataSet } from '../data-set/data-set.ts'
import { vrWithCharacterSet, writeText, type TextContext } from '../text/encode-text.ts'
import { integerOf, textOf, ValueFormError, writeBinaryValue, writeIntegerBits } from '../data-set/encode-value.ts'
import { MetadataError, type InstanceIdentity } from '../errors.ts'
import type { NoticeCollector } from '../notices.ts'
import { formatTag, tags } from '@ahi-dicom/dicom-standard'
import { itemHeader } from '@ahi-dicom/dicom-standard/part10'
import { isMixedSign } from '../data-set/value-fit.ts'
import { valueRepresentation, type ValueRepresentation } from '@ahi-dicom/dicom-standard'

/** The largest even length of a 16-bit length field. */
const longestShortLength = 0xfffe

/** Result of {@link encodeDataSet}: the offset of the first element after Pixel Data (7FE0,0010). */
export interface EncodedDataSet {
  readonly pixelDataOffset: number
}

/** Options of {@link encodeDataSet}. */
export interface EncodeDataSetOptions {
  readonly identity: InstanceIdentity
  /** Receives notices about text that is not written as the data set states. */
  readonly notices?: NoticeCollector | undefined
}

/**
 * Writes a data set in Explicit VR Little Endian. Sequences and items have defined lengths. Text is written in the data
 * set's own SpecificCharacterSet, or in ISO_IR 192 if a character does not fit it.
 *
 * @throws {MetadataError} if a value does not fit its VR
 */
export function encodeDataSet(writer: ByteWriter, dataSet: DataSet, options: EncodeDataSetOptions): EncodedDataSet {
  return { pixelDataOffset: encodeScope({ writer, identity: options.identity, notices: options.notices }, dataSet) }
}

/**
 * Writes a data set in the first character set that fits all of its text. Returns what {@link encodeElements} returns.
 */
function encodeScope(context: EncodeContext, dataSet: DataSet): number {
  const { writer, identity, notices } = context
  const start = writer.length
  for (const choice of choicesLeft(context, dataSet)) {
    const scope = { choice }
    try {
      const pixelDataOffset = encodeElements({ writer, identity, notices, scope }, dataSet, true)
      noteMisfit(context, dataSet, scope)
      return pixelDataOffset
    } catch (error) {
      if (!isMisfitOf(error, { dataSet, scope })) throw error
      writer.length = start
    }
  }
  throw new TypeError('Cannot encode text: no character set is left, though ISO_IR 192 holds every character')
}

/** Returns the offset of the first element after Pixel Data, or of the end of the data set. */
function encodeElements(context: TextContext, dataSet: DataSet, ownsCharacterSet: boolean): number {
  const { terms } = context.scope.choice
  let needsCharacterSet = ownsCharacterSet && terms !== undefined
  let pixelDataOffset: number | undefined
  for (const element of dataSet) {
    if (needsCharacterSet && element.tag >= tags.specificCharacterSet) {
      writeCharacterSet(context, terms ?? [])
      needsCharacterSet = false
    }
    if (element.tag > tags.pixelData) pixelDataOffset ??= context.writer.length
    if (element.items !== undefined) encodeSequence(context, element)
    else if (element.tag !== tags.specificCharacterSet) encodeElement(context, element)
  }
  if (needsCharacterSet) writeCharacterSet(context, terms ?? [])
  return pixelDataOffset ?? context.writer.length
}

function writeCharacterSet(context: TextContext, terms: readonly string[]): void {
  encodeElement(context, { tag: tags.specificCharacterSet, vr: 'CS', value: terms.length === 0 ? null : [...terms] })
}

function encodeElement(context: TextContext, element: DataElement): void {
  const representation = valueRepresentation(element.vr)
  if (representation === undefined) throw metadataError(context, element, `PS3.5 has no VR ${element.vr}`)
  try {
    encodeValue(context, element, representation)
  } catch (error) {
    if (error instanceof ValueFormError) throw metadataError(context, element, error.message)
    throw error
  }
}

function metadataError(context: TextContext, element: DataElement, why: string): MetadataError {
  return new MetadataError(context.identity, formatTag(element.tag), why)
}

function encodeValue(context: TextContext, element: DataElement, representation: ValueRepresentation): void {
  const { writer } = context
  const headerStart = writer.length
  writer.elementHeader(element.tag, representation)
  const start = writer.length
  if (representation.kind === 'text') {
    if (!writeText(context, element, representation)) {
      writer.length = headerStart
      encodeElement(context, { ...element, vr: vrWithCharacterSet(element.vr), value: textOf(element.value) })
      return
    }
  } else if (element.signUndecided === true && isMixedSign(representation, element.value)) {
    writeMixedSign(writer, element.value)
  } else writeBinaryValue(writer, representation, element.value)
  if ((writer.length - start) % 2 === 1) writer.uint8(representation.padding)
  writeLength(context, { element, representation, start })
}

function writeMixedSign(writer: ByteWriter, value: JsonValue): void {
  for (const item of Array.isArray(value) ? value : []) writeIntegerBits(writer, 2, integerOf(item) ?? 0)
}

interface WrittenValue {
  readonly element: DataElement
  readonly representation: ValueRepresentation
  /** Offset of the value. */
  readonly start: number
}

function writeLength({ writer, notices }: TextContext, { element, representation, start }: WrittenValue): void {
  const length = writer.length - start
  if (representation.longLength) writer.setUint32(start - 4, length)
  else if (length <= longestShortLength) writer.setUint16(start - 2, length)
  else {
    writeUnknownLength(writer, start, length)
    const message = `its value is too long for VR ${representation.vr} and is written as UN`
    notices?.add({ code: 'VALUE_REPRESENTATION_BROKEN', tag: formatTag(element.tag), message })
  }
}

/**
 * Turns an element whose value is too long for a 16-bit length into UN, which has a 32-bit length (PS3.5 6.2.2, note
 * 2).
 */
function writeUnknownLength(writer: ByteWriter, start: number, length: number): void {
  writer.insert(start, 4)
  writer.setUint16(start - 4, 0x4e55)
  writer.setUint16(start - 2, 0)
  writer.setUint32(start, length)
}

/** Each level of nesting takes three calls of stack. Readers follow a thousand levels. */
function encodeSequence(context: TextContext, { tag, items = [] }: DataElement): void {
  const { writer } = context
  writer.elementHeader(tag, { vr: 'SQ', longLength: true })
  const start = writer.length
  for (const item of items) {
    writer.bytes(itemHeader(0))
    const itemStart = writer.length
    if (findElement(item, tags.specificCharacterSet) === undefined) encodeElements(context, item, false)
    else encodeScope(context, item)
    writer.setUint32(itemStart - 4, writer.length - itemStart)
  }
  writer.setUint32(start - 4, writer.length - start)
}
