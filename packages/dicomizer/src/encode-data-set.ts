import type { JsonValue } from '@ahi-dicom/ahi-metadata'

import type { ByteWriter } from './byte-writer.ts'
import { characterSetChoices, type CharacterSetChoice } from './character-set.ts'
import { findElement, type DataElement, type DataSet } from './data-set.ts'
import { fitsInteger, integerOf, textOf, ValueFormError, writeBinaryValue, writeIntegerBits } from './encode-value.ts'
import { MetadataError, type InstanceIdentity } from './errors.ts'
import { formatTag, tags } from './tags.ts'
import { textOfElement } from './text-of-element.ts'
import { valueRepresentation, type ValueRepresentation } from './value-representation.ts'

/** The largest even length of a 16-bit length field. */
const longestShortLength = 0xfffe
const itemTag = 0xfffee000

/** A data set's choice of character set, and the data sets inside that inherit it. */
interface CharacterSetScope {
  readonly choice: CharacterSetChoice
}

/** Thrown when a character does not fit the character set of a scope, and caught where the scope begins. */
class CharacterMisfit extends Error {
  readonly scope: CharacterSetScope
  constructor(scope: CharacterSetScope) {
    super('a character does not fit')
    this.scope = scope
  }
}

/** Says where in the encoded data set the elements behind Pixel Data (7FE0,0010) begin. */
export interface EncodedDataSet {
  readonly pixelDataOffset: number
}

/**
 * Writes a data set in Explicit VR Little Endian. Sequences and items have defined lengths. Text is written in the data
 * set's own SpecificCharacterSet, or in ISO_IR 192 when a character does not fit it.
 *
 * @throws {MetadataError} for a value that its VR cannot hold.
 */
export function encodeDataSet(writer: ByteWriter, dataSet: DataSet, identity: InstanceIdentity): EncodedDataSet {
  let pixelDataOffset = writer.length
  encodeInScope({ writer, identity }, dataSet, (scope) => {
    pixelDataOffset = encodeElements({ writer, identity, scope }, dataSet, true)
  })
  return { pixelDataOffset }
}

interface EncodeContext {
  readonly writer: ByteWriter
  readonly identity: InstanceIdentity
  readonly scope: CharacterSetScope
}

/** Encodes with the first choice of character set in which all of the text fits. */
function encodeInScope(
  { writer, identity }: Omit<EncodeContext, 'scope'>,
  dataSet: DataSet,
  encode: (scope: CharacterSetScope) => void,
): void {
  const start = writer.length
  for (const choice of characterSetChoices(characterSetTerms(dataSet, identity))) {
    const scope = { choice }
    try {
      encode(scope)
      return
    } catch (error) {
      if (!(error instanceof CharacterMisfit) || error.scope !== scope) throw error
      writer.length = start
    }
  }
}

function characterSetTerms(dataSet: DataSet, identity: InstanceIdentity): readonly string[] | undefined {
  const element = findElement(dataSet, tags.specificCharacterSet)
  if (element === undefined) return undefined
  const text = textOfElement(element, identity)
  return text === '' ? [] : text.split('\\')
}

/** Gives the offset of the first element behind Pixel Data, or that of the end. */
function encodeElements(context: EncodeContext, dataSet: DataSet, ownsCharacterSet: boolean): number {
  const { terms } = context.scope.choice
  let characterSetDue = ownsCharacterSet && terms !== undefined
  let pixelDataOffset: number | undefined
  for (const element of dataSet) {
    if (characterSetDue && element.tag >= tags.specificCharacterSet) {
      writeCharacterSet(context, terms ?? [])
      characterSetDue = false
    }
    if (element.tag > tags.pixelData) pixelDataOffset ??= context.writer.length
    if (element.tag !== tags.specificCharacterSet) encodeElement(context, element)
  }
  if (characterSetDue) writeCharacterSet(context, terms ?? [])
  return pixelDataOffset ?? context.writer.length
}

function writeCharacterSet(context: EncodeContext, terms: readonly string[]): void {
  encodeElement(context, { tag: tags.specificCharacterSet, vr: 'CS', value: terms.length === 0 ? null : [...terms] })
}

function encodeElement(context: EncodeContext, element: DataElement): void {
  const representation = valueRepresentation(element.vr)
  if (representation === undefined) throw metadataError(context, element, `${element.vr} is no VR of PS3.5`)
  try {
    if (representation.kind === 'sequence') encodeSequence(context, element)
    else encodeValue(context, element, representation)
  } catch (error) {
    if (error instanceof ValueFormError) throw metadataError(context, element, error.message)
    throw error
  }
}

function metadataError(context: EncodeContext, element: DataElement, why: string): MetadataError {
  return new MetadataError(context.identity, formatTag(element.tag), why)
}

function encodeValue(context: EncodeContext, element: DataElement, representation: ValueRepresentation): void {
  const { writer } = context
  writer.elementHeader(element.tag, representation)
  const start = writer.length
  if (representation.kind === 'text') writeText(context, representation, element.value)
  else if (isMixedSign(element, representation)) writeMixedSign(writer, element.value)
  else writeBinaryValue(writer, representation, element.value)
  if ((writer.length - start) % 2 === 1) writer.uint8(representation.padding)
  writeLength(writer, start, representation)
}

/** A LUT descriptor whose values need both signs: PS3.3 C.11.1.1.1 has the first and third unsigned whatever the VR is. */
function isMixedSign(element: DataElement, representation: ValueRepresentation): boolean {
  if (element.signUndecided !== true || !Array.isArray(element.value)) return false
  return element.value.length >= 3 && !fitsInteger(representation, element.value) && element.value.every(isWord)
}

function isWord(value: JsonValue): boolean {
  const integer = integerOf(value)
  return integer !== undefined && integer >= -0x8000 && integer <= 0xffff
}

function writeMixedSign(writer: ByteWriter, value: JsonValue): void {
  for (const item of Array.isArray(value) ? value : []) writeIntegerBits(writer, 2, integerOf(item) ?? 0)
}

function writeText(context: EncodeContext, representation: ValueRepresentation, value: JsonValue): void {
  const text = textOf(value)
  if (context.writer.ascii(text)) return
  const bytes = context.scope.choice.encode(text, { isPersonName: representation.vr === 'PN' })
  if (bytes === undefined) throw new CharacterMisfit(context.scope)
  context.writer.bytes(bytes)
}

function writeLength(writer: ByteWriter, start: number, representation: ValueRepresentation): void {
  const length = writer.length - start
  if (representation.longLength) writer.setUint32(start - 4, length)
  else if (length <= longestShortLength) writer.setUint16(start - 2, length)
  else writeUnknownLength(writer, start, length)
}

/** A value too long for its VR's length field is written as UN, whose length has 32 bits (PS3.5 6.2.2, note 2). */
function writeUnknownLength(writer: ByteWriter, start: number, length: number): void {
  writer.insert(start, 4)
  writer.setUint16(start - 4, 0x4e55)
  writer.setUint16(start - 2, 0)
  writer.setUint32(start, length)
}

function encodeSequence(context: EncodeContext, element: DataElement): void {
  const { writer } = context
  const representation = valueRepresentation('SQ')
  if (representation === undefined) return
  writer.elementHeader(element.tag, representation)
  const start = writer.length
  for (const item of element.items ?? []) encodeItem(context, item)
  writer.setUint32(start - 4, writer.length - start)
}

function encodeItem(context: EncodeContext, item: DataSet): void {
  const { writer } = context
  writer.uint16(itemTag >>> 16)
  writer.uint16(itemTag & 0xffff)
  writer.uint32(0)
  const start = writer.length
  if (findElement(item, tags.specificCharacterSet) === undefined) encodeElements(context, item, false)
  else encodeInScope(context, item, (scope) => encodeElements({ ...context, scope }, item, true))
  writer.setUint32(start - 4, writer.length - start)
}
