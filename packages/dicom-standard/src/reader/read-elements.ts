import { undefinedLength } from '../part10.ts'
import { formatTag, tags } from '../tags.ts'
import type { ElementEncoding } from '../transfer-syntaxes.ts'
import { createCursor, faultAt, itemName, requireBytes, type Cursor, type OpenItem } from './cursor.ts'
import type { DataElement, DataSet } from './data-element.ts'
import { readHeader, suspicion, type ElementHeader } from './element-header.ts'
import type { UnreadableFileError } from './unreadable-file-error.ts'

/** The encoding of sequences in UN, in any transfer syntax (PS3.5 6.2.2). */
const implicitLittleEndian: ElementEncoding = { isExplicit: false, isLittleEndian: true }
/** Deepest nesting of sequences, far more than any IOD has. It bounds the recursion on hostile files. */
const deepestNesting = 512

/**
 * Reads the items of a sequence from its value field in UN, which is implicit VR little endian.
 *
 * @example
 * import { readImplicitSequence } from '@ahi-dicom/dicom-standard/reader'
 *
 * const emptyItem = Uint8Array.of(0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0)
 * console.log(readImplicitSequence(emptyItem).length) // 1
 */
export function readImplicitSequence(value: Uint8Array): DataSet[] {
  const cursor = createCursor(value, { offset: 0, of: ' of its value', ...implicitLittleEndian })
  return readItems(cursor, value.byteLength, { tag: 0, offset: 0, isOpen: false })
}

/** Adds an element. If the tag occurs twice, the later element counts. */
export function addElement<Element extends DataElement>(
  elements: Map<number, Element>,
  element: Element,
  { repeated }: Pick<Cursor, 'repeated'>,
): void {
  if (elements.has(element.tag)) repeated.add(element.tag)
  elements.set(element.tag, element)
}

/** Reads the elements of a data set or an item up to `end`, or up to the delimiter of an item of undefined length. */
export function readElements(cursor: Cursor, end: number, item: OpenItem | undefined): DataSet {
  const elements = new Map<number, DataElement>()
  let isBehindSequence = false
  while (cursor.offset < end && !isZeroPadding(cursor, end)) {
    const header = readHeader(cursor, end)
    if (header.tag === tags.itemDelimitationItem) {
      if (item?.isOpen === true || (item !== undefined && cursor.offset === end)) return elements
      throw faultAt(header.offset, cursor, 'item delimiter outside an item of undefined length')
    }
    if (header.tag === tags.item) throw misplaced('an item', header.offset, cursor, item)
    if (header.tag !== tags.sequenceDelimitationItem) {
      const element = readElement(cursor, header, end)
      addElement(elements, element, cursor)
      isBehindSequence = element.items !== undefined && header.length !== undefinedLength
    } else if (!isBehindSequence && item !== undefined) {
      throw misplaced('a sequence delimiter', header.offset, cursor, item)
    }
  }
  if (item?.isOpen === true)
    throw faultAt(cursor.offset, cursor, `truncated: ${itemName(item, cursor)} has no delimiter; it ends`)
  return elements
}

function misplaced(found: string, offset: number, cursor: Cursor, item: OpenItem | undefined): UnreadableFileError {
  if (item?.isOpen !== true) return faultAt(offset, cursor, `expected an element, found ${found}`)
  return faultAt(offset, cursor, `${itemName(item, cursor)} has no item delimiter: found ${found}`)
}

/** True if only zero bytes follow. Some writers pad files with them. */
function isZeroPadding({ bytes, offset, depth }: Cursor, end: number): boolean {
  if (depth > 0 || bytes[offset] !== 0 || bytes[offset + 1] !== 0) return false
  return bytes.subarray(offset, end).every((byte) => byte === 0)
}

/** Reads the value of an element after its header. */
export function readElement(cursor: Cursor, header: ElementHeader, end: number): DataElement {
  const { tag, vr, length, offset } = header
  if (length === undefinedLength) return readOpenElement(cursor, header, end)
  if (length > end - cursor.offset) {
    const counts = `promises ${length} bytes, ${end - cursor.offset} are left${suspicion(header, cursor)};`
    throw faultAt(offset, cursor, `truncated: attribute ${formatTag(tag)} ${counts} it begins`)
  }
  if (vr === 'SQ') {
    const items = readItems(deeper(cursor), cursor.offset + length, { tag, offset, isOpen: false })
    cursor.offset += length
    return { tag, vr, value: new Uint8Array(0), isBigEndian: !cursor.isLittleEndian, items }
  }
  const value = cursor.bytes.subarray(cursor.offset, cursor.offset + length)
  cursor.offset += length
  return { tag, vr, value, isBigEndian: !cursor.isLittleEndian && vr !== 'UN' }
}

/** Reads an element of undefined length: a sequence or encapsulated pixel data (PS3.5 7.5 and A.4). */
function readOpenElement(cursor: Cursor, header: ElementHeader, end: number): DataElement {
  const { tag, vr, offset } = header
  const base = { tag, value: new Uint8Array(0), isBigEndian: !cursor.isLittleEndian }
  if (tag === tags.pixelData) return { ...base, vr: 'OB', fragments: readFragments(cursor, end) }
  if (vr === 'SQ' || vr === 'UN' || !cursor.isExplicit) {
    const inner: Cursor = { ...deeper(cursor), ...(vr === 'UN' ? implicitLittleEndian : {}) }
    const items = readItems(inner, end, { tag, offset, isOpen: true })
    cursor.offset = inner.offset
    return { ...base, vr: 'SQ', items }
  }
  throw faultAt(offset, cursor, `attribute ${formatTag(tag)} of VR ${vr} has an undefined length`)
}

function deeper(cursor: Cursor): Cursor {
  if (cursor.depth >= deepestNesting) {
    throw faultAt(cursor.offset, cursor, `sequences nest deeper than ${deepestNesting} levels`)
  }
  return { ...cursor, depth: cursor.depth + 1 }
}

interface OpenSequence {
  readonly tag: number
  /** Offset of its header. */
  readonly offset: number
  /** True if its length is undefined: a delimiter ends it. */
  readonly isOpen: boolean
}

/** Reads items up to `end`, or up to the delimiter of a sequence of undefined length. */
function readItems(cursor: Cursor, end: number, sequence: OpenSequence): DataSet[] {
  const items: DataSet[] = []
  while (cursor.offset < end) {
    const { tag, length, offset } = readHeader(cursor, end)
    if (tag === tags.sequenceDelimitationItem) return items
    if (tag !== tags.item) {
      const found = `expected an item of sequence ${formatTag(sequence.tag)}, found ${formatTag(tag)}`
      throw faultAt(offset, cursor, found)
    }
    const isOpen = length === undefinedLength
    const itemEnd = isOpen ? end : cursor.offset + length
    const item = { sequence: sequence.tag, offset, isOpen }
    if (itemEnd > end) {
      const counts = `promises ${length} bytes, ${end - cursor.offset} are left in its sequence, which begins`
      throw faultAt(sequence.offset, cursor, `truncated: ${itemName(item, cursor)} ${counts}`)
    }
    items.push(readElements(cursor, itemEnd, item))
    if (!isOpen) cursor.offset = itemEnd
  }
  if (!sequence.isOpen) return items
  const name = `sequence ${formatTag(sequence.tag)} at byte ${cursor.base + sequence.offset}`
  throw faultAt(cursor.offset, cursor, `truncated: ${name} has no delimiter; it ends`)
}

function readFragments(cursor: Cursor, end: number): Uint8Array[] {
  const fragments: Uint8Array[] = []
  for (;;) {
    requireBytes(cursor, end, { count: 8, subject: 'a fragment or the delimiter of the pixel data' })
    const { tag, length, offset } = readHeader(cursor, end)
    if (tag === tags.sequenceDelimitationItem) return fragments
    if (tag !== tags.item) {
      throw faultAt(offset, cursor, `expected a fragment of the pixel data, found ${formatTag(tag)}`)
    }
    if (length === undefinedLength) throw faultAt(offset, cursor, 'a fragment of the pixel data has no length')
    requireBytes(cursor, end, { count: length, subject: 'a fragment of the pixel data' })
    fragments.push(cursor.bytes.subarray(cursor.offset, cursor.offset + length))
    cursor.offset += length
  }
}
