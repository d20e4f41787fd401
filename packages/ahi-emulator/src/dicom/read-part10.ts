import { inflateRawSync } from 'node:zlib'
import { formatTag, isGroupLength, isPrivateCreator, tags, valueRepresentation } from '@ahi-dicom/dicom-standard'
import { lookUpTag } from '@ahi-dicom/dicom-standard/dictionary'
import { hasPart10Prefix, part10PrefixLength, readHeaderStart, undefinedLength } from '@ahi-dicom/dicom-standard/part10'
import { dataSetEncoding, type ElementEncoding } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import type { DataElement, DataSet } from './data-element.ts'
import { UnreadableFileError } from './unreadable-file-error.ts'

/** A Part 10 file (PS3.10): group 2 and the data set, as they are in the file. */
export interface Part10File {
  readonly fileMeta: DataSet
  readonly dataSet: DataSet
  /** Empty where the file does not name one; then the data set is empty too, since its encoding is not known. */
  readonly transferSyntaxUid: string
}

/** PS3.5 6.2.2: so UN keeps sequences, wherever it stands. */
const implicitLittleEndian: ElementEncoding = { isExplicit: false, isLittleEndian: true }
/** Far deeper than any IOD nests; it bounds the recursion on hostile files. */
const deepestNesting = 512
/** What a deflated data set may grow to: a bound against files made to fill the memory. */
const largestInflatedBytes = 2 ** 31 - 1

interface Cursor extends ElementEncoding {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly depth: number
  offset: number
}

interface ElementHeader {
  readonly tag: number
  readonly vr: string
  readonly length: number
}

/**
 * Reads a Part 10 file without converting a value, in any transfer syntax that PS3.5 defines for data sets: implicit and
 * explicit VR, little and big endian, deflated. Sequences may have undefined lengths, UN elements of undefined length
 * are read as the implicit VR sequences that they are (PS3.5 6.2.2).
 * @throws {UnreadableFileError} for bytes that are no Part 10 file, cut short, or not well formed
 */
export function readPart10(bytes: Uint8Array): Part10File {
  if (!hasPart10Prefix(bytes)) {
    throw new UnreadableFileError('not a DICOM Part 10 file: the prefix DICM is missing at byte 128', {
      code: 'NOT_DICOM',
    })
  }
  const meta = cursorOf(bytes, { offset: part10PrefixLength, isExplicit: true, isLittleEndian: true })
  const fileMeta = readFileMeta(meta)
  const transferSyntaxUid = latin1(fileMeta.get(tags.transferSyntaxUid)?.value).replace(/[\0 ]+$/, '')
  if (transferSyntaxUid === '') return { fileMeta, dataSet: new Map(), transferSyntaxUid }
  return { fileMeta, dataSet: readDataSet(bytes, meta.offset, transferSyntaxUid), transferSyntaxUid }
}

/** Reads the items of a sequence whose value field is given, as UN keeps it: implicit VR little endian. */
export function readImplicitSequence(value: Uint8Array): DataSet[] {
  const cursor = cursorOf(value, { offset: 0, ...implicitLittleEndian })
  return readItems(cursor, value.byteLength)
}

function cursorOf(bytes: Uint8Array, state: ElementEncoding & Pick<Cursor, 'offset'>): Cursor {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), depth: 0, ...state }
}

/** Group 2 ends where another group begins: its own group length is not always there, or right. */
function readFileMeta(cursor: Cursor): DataSet {
  const elements = new Map<number, DataElement>()
  while (cursor.offset + 8 <= cursor.bytes.byteLength && cursor.view.getUint16(cursor.offset, true) === 2) {
    const element = readElement(cursor, cursor.bytes.byteLength)
    elements.set(element.tag, element)
  }
  return elements
}

function readDataSet(bytes: Uint8Array, offset: number, transferSyntaxUid: string): DataSet {
  const { isDeflated, ...encoding } = dataSetEncoding(transferSyntaxUid)
  const encoded = isDeflated ? inflate(bytes.subarray(offset)) : bytes
  const cursor = cursorOf(encoded, { offset: isDeflated ? 0 : offset, ...encoding })
  return readElements(cursor, encoded.byteLength)
}

function inflate(bytes: Uint8Array): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength: largestInflatedBytes })
  } catch (cause) {
    throw new UnreadableFileError('the deflated data set cannot be inflated', { cause })
  }
}

/** Reads elements up to `end`, or to the delimiter of an item of undefined length. */
function readElements(cursor: Cursor, end: number): DataSet {
  const elements = new Map<number, DataElement>()
  while (cursor.offset < end && !isZeroPadding(cursor, end)) {
    const element = readElement(cursor, end)
    if (element.tag === tags.itemDelimitationItem) break
    if (element.tag !== tags.sequenceDelimitationItem) elements.set(element.tag, element)
  }
  return elements
}

/** Some writers pad a file with zero bytes, which are no element. */
function isZeroPadding({ bytes, offset, depth }: Cursor, end: number): boolean {
  if (depth > 0 || bytes[offset] !== 0 || bytes[offset + 1] !== 0) return false
  return bytes.subarray(offset, end).every((byte) => byte === 0)
}

function readElement(cursor: Cursor, end: number): DataElement {
  const header = readHeader(cursor, end)
  const { tag, vr, length } = header
  if (length === undefinedLength) return readOpenElement(cursor, header, end)
  if (length > end - cursor.offset) {
    throw new UnreadableFileError(
      `truncated: attribute ${formatTag(tag)} promises ${length} bytes, ${end - cursor.offset} are left`,
    )
  }
  if (vr === 'SQ') {
    const items = readItems(deeper(cursor), cursor.offset + length)
    cursor.offset += length
    return { tag, vr, value: new Uint8Array(0), isBigEndian: !cursor.isLittleEndian, items }
  }
  const value = cursor.bytes.subarray(cursor.offset, cursor.offset + length)
  cursor.offset += length
  return { tag, vr, value, isBigEndian: !cursor.isLittleEndian && vr !== 'UN' }
}

function readHeader(cursor: Cursor, end: number): ElementHeader {
  requireBytes(cursor, end, 8)
  const { view, offset } = cursor
  // Writers that lose track put an implicit VR element into an explicit data set; the missing VR tells them apart.
  const { tag, vr = implicitVr(tag), length } = readHeaderStart(view, offset, cursor)
  cursor.offset += 8
  if (length !== undefined) return { tag, vr, length }
  requireBytes(cursor, end, 4)
  cursor.offset += 4
  const isKnown = valueRepresentation(vr) !== undefined
  return { tag, vr: isKnown ? vr : 'UN', length: view.getUint32(offset + 8, cursor.isLittleEndian) }
}

/** The dictionary's VR as it stands, `US or SS` included: which one it is depends on the rest of the data set. */
function implicitVr(tag: number): string {
  if (isPrivateCreator(tag)) return 'LO'
  if (isGroupLength(tag)) return 'UL'
  return lookUpTag(tag)?.vr ?? 'UN'
}

/** An element of undefined length: a sequence, or encapsulated pixel data (PS3.5 7.5 and A.4). */
function readOpenElement(cursor: Cursor, { tag, vr }: ElementHeader, end: number): DataElement {
  const base = { tag, value: new Uint8Array(0), isBigEndian: !cursor.isLittleEndian }
  if (tag === tags.pixelData) return { ...base, vr: 'OB', fragments: readFragments(cursor, end) }
  if (vr === 'SQ' || vr === 'UN' || !cursor.isExplicit) {
    const inner: Cursor = { ...deeper(cursor), ...(vr === 'UN' ? implicitLittleEndian : {}) }
    const items = readItems(inner, end)
    cursor.offset = inner.offset
    return { ...base, vr: 'SQ', items }
  }
  throw new UnreadableFileError(`attribute ${formatTag(tag)} of VR ${vr} has an undefined length`)
}

function deeper(cursor: Cursor): Cursor {
  if (cursor.depth >= deepestNesting) {
    throw new UnreadableFileError(`sequences nest deeper than ${deepestNesting} levels`)
  }
  return { ...cursor, depth: cursor.depth + 1 }
}

/** Reads items up to `end`, or to the delimiter of a sequence of undefined length. */
function readItems(cursor: Cursor, end: number): DataSet[] {
  const items: DataSet[] = []
  while (cursor.offset < end) {
    const { tag, length } = readHeader(cursor, end)
    if (tag === tags.sequenceDelimitationItem) break
    if (tag !== tags.item) throw new UnreadableFileError(`expected an item of a sequence, found ${formatTag(tag)}`)
    const itemEnd = length === undefinedLength ? end : cursor.offset + length
    if (itemEnd > end) throw new UnreadableFileError('truncated: an item is longer than its sequence')
    items.push(readElements(cursor, itemEnd))
    if (length !== undefinedLength) cursor.offset = itemEnd
  }
  return items
}

function readFragments(cursor: Cursor, end: number): Uint8Array[] {
  const fragments: Uint8Array[] = []
  for (;;) {
    const { tag, length } = readHeader(cursor, end)
    if (tag === tags.sequenceDelimitationItem) return fragments
    if (tag !== tags.item)
      throw new UnreadableFileError(`expected a fragment of the pixel data, found ${formatTag(tag)}`)
    requireBytes(cursor, end, length)
    fragments.push(cursor.bytes.subarray(cursor.offset, cursor.offset + length))
    cursor.offset += length
  }
}

function requireBytes({ offset }: Cursor, end: number, count: number): void {
  if (end - offset < count) {
    throw new UnreadableFileError(`truncated: ${count} bytes are expected at byte ${offset}, ${end - offset} are left`)
  }
}

function latin1(bytes: Uint8Array = new Uint8Array(0)): string {
  return String.fromCharCode(...bytes.subarray(0, 1024))
}
