import { formatTag, isDataElement, isGroupLength, tags } from '@ahi-dicom/dicom-standard'
import { readHeaderStart, undefinedLength } from '@ahi-dicom/dicom-standard/part10'
import type { ElementEncoding } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import type { AddPiece } from '../association/association.ts'
import type { ByteReader } from '../part10/byte-reader.ts'
import { UnusableFileError } from '../part10/unusable-file-error.ts'

/** An open sequence or item. */
interface Container {
  readonly kind: 'sequence' | 'item'
  /** Position after it, if its length is defined. Otherwise a delimiter ends it. */
  readonly end: number | undefined
  /** Encoding of its content. */
  readonly encoding: ElementEncoding
}

const explicitVr: ElementEncoding = { isExplicit: true, isLittleEndian: true }
/** Items in a UN of undefined length are in implicit VR (PS3.5 6.2.2). */
const implicitVr: ElementEncoding = { isExplicit: false, isLittleEndian: true }
const headerLength = 8
/** Deepest nesting, deeper than any IOD. */
const deepest = 512

interface Transcoding {
  readonly reader: ByteReader
  readonly add: AddPiece
  /** Open containers, the outermost first. */
  readonly open: Container[]
}

/**
 * Converts a native data set from Explicit to Implicit VR Little Endian while it is read (PS3.5 A.1 and A.2). Values
 * stay unchanged, byte for byte. Sequences and items in explicit VR get undefined lengths, because their lengths
 * change. Group lengths, which are retired (PS3.5 7.2), are left out.
 *
 * @throws {UnusableFileError} if the data set is not well formed or has encapsulated pixels
 */
export async function explicitToImplicit(reader: ByteReader, add: AddPiece): Promise<void> {
  const transcoding: Transcoding = { reader, add, open: [] }
  const { open } = transcoding
  for (;;) {
    await closeEnded(transcoding)
    if (reader.available() < headerLength && !(await reader.fill(headerLength))) break
    const inside = open.at(-1)
    if (inside?.kind === 'sequence') await transcodeItem(transcoding, inside)
    else await transcodeElement(transcoding, inside)
  }
  if (reader.available() > 0 || open.length > 0) {
    throw new UnusableFileError(`its data set ends inside an element, after ${reader.position()} bytes`)
  }
}

/** Closes all containers that end here by their length. */
async function closeEnded({ reader, add, open }: Transcoding): Promise<void> {
  for (let inside = open.at(-1); inside?.end !== undefined; inside = open.at(-1)) {
    if (reader.position() < inside.end) return
    if (reader.position() > inside.end) throw malformed(reader, 'an element is longer than its item')
    await addDelimiter(add, inside.kind)
    open.pop()
  }
}

async function transcodeItem({ reader, add, open }: Transcoding, sequence: Container): Promise<void> {
  const { tag, length = 0 } = readStart(reader, sequence.encoding)
  if (tag === tags.sequenceDelimitationItem && sequence.end === undefined) {
    await addDelimiter(add, 'sequence')
    open.pop()
    return
  }
  if (tag !== tags.item) throw malformed(reader, 'a sequence has an element that is not an item')
  await enter({ reader, add, open }, { kind: 'item', tag, length, encoding: sequence.encoding })
}

async function transcodeElement({ reader, add, open }: Transcoding, item: Container | undefined): Promise<void> {
  const encoding = item?.encoding ?? explicitVr
  const start = readStart(reader, encoding)
  const { tag, vr } = start
  if (tag === tags.itemDelimitationItem && item !== undefined && item.end === undefined) {
    await addDelimiter(add, 'item')
    open.pop()
    return
  }
  if (!isDataElement(tag)) throw malformed(reader, `(${formatTag(tag)}) is not an element of a data set`)
  if (encoding.isExplicit && vr === undefined) throw malformed(reader, `element ${formatTag(tag)} has no VR`)
  const length = start.length ?? (await readLongLength(reader))
  const isSequence = encoding.isExplicit ? vr === 'SQ' : length === undefinedLength
  if (isSequence || (vr === 'UN' && length === undefinedLength)) {
    const inner = vr === 'UN' ? implicitVr : encoding
    await enter({ reader, add, open }, { kind: 'sequence', tag, length, encoding: inner })
    return
  }
  if (length === undefinedLength) throw malformed(reader, `element ${formatTag(tag)} is encapsulated`)
  const isLeftOut = encoding.isExplicit && isGroupLength(tag)
  if (!isLeftOut) await addHeader(add, tag, length)
  await pass(reader, length, isLeftOut ? () => undefined : add)
}

interface Beginning extends Pick<Container, 'kind' | 'encoding'> {
  readonly tag: number
  readonly length: number
}

/** Enters a sequence or an item, unless it is empty. */
async function enter({ reader, add, open }: Transcoding, { kind, tag, length, encoding }: Beginning): Promise<void> {
  const isEmpty = length === 0
  await addHeader(add, tag, isEmpty ? 0 : undefinedLength)
  if (isEmpty) return
  if (open.length === deepest) throw malformed(reader, `its sequences are nested deeper than ${deepest}`)
  open.push({ kind, encoding, end: length === undefinedLength ? undefined : reader.position() + length })
}

async function pass(reader: ByteReader, length: number, add: AddPiece): Promise<void> {
  if (length <= reader.available()) {
    if (length > 0) await add(reader.take(length))
    return
  }
  for await (const piece of reader.pieces(length)) await add(piece)
}

function readStart(reader: ByteReader, encoding: ElementEncoding): ReturnType<typeof readHeaderStart> {
  const bytes = reader.take(headerLength)
  return readHeaderStart(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, encoding)
}

async function readLongLength(reader: ByteReader): Promise<number> {
  if (!(await reader.fill(4))) throw malformed(reader, 'the header of an element is cut short')
  const bytes = reader.take(4)
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true)
}

async function addDelimiter(add: AddPiece, kind: Container['kind']): Promise<void> {
  await addHeader(add, kind === 'item' ? tags.itemDelimitationItem : tags.sequenceDelimitationItem, 0)
}

async function addHeader(add: AddPiece, tag: number, length: number): Promise<void> {
  const header = new Uint8Array(headerLength)
  const view = new DataView(header.buffer)
  view.setUint16(0, tag >>> 16, true)
  view.setUint16(2, tag & 0xffff, true)
  view.setUint32(4, length, true)
  await add(header)
}

function malformed(reader: ByteReader, why: string): UnusableFileError {
  return new UnusableFileError(`${why}, at byte ${reader.position()}`)
}
