import { undefinedLength } from '../part10.ts'
import { tags } from '../tags.ts'
import { dataSetEncoding, type ElementEncoding } from '../transfer-syntaxes.ts'
import { bytesInMemory, type ByteRange, type ByteSource } from './byte-source.ts'
import { createCursor, faultAt, type Cursor } from './cursor.ts'
import type { DataElement, DataSet } from './data-element.ts'
import { firstElementOffset, guessTransferSyntax, startLength } from './data-set-start.ts'
import { readHeader, type ElementHeader } from './element-header.ts'
import { plainText } from './element-values.ts'
import { inflateDataSet, ofInflatedDataSet } from './inflate.ts'
import { addElement, readElement } from './read-elements.ts'
import { UnreadableFileError } from './unreadable-file-error.ts'

/** An element of a file. A large value may have been left in the file. */
export interface FileElement extends DataElement {
  /** Range of the value if it was left in the file. `value` is empty then. */
  readonly place?: ByteRange
  /** Ranges of the fragments of encapsulated pixel data, the Basic Offset Table first. `fragments` is absent then. */
  readonly fragmentPlaces?: readonly ByteRange[]
}

/** A file with its pixel data and other large values left in place. */
export interface OpenedPart10 {
  readonly fileMeta: DataSet
  readonly dataSet: ReadonlyMap<number, FileElement>
  /** Transfer syntax of the data set. If the file names none, one that fits the data set. */
  readonly transferSyntaxUid: string
  readonly encoding: ElementEncoding
  /** The source of all ranges: the file or its inflated data set. */
  readonly source: ByteSource
  /** Attributes that occur more than once in one data set or item. The last one counts. */
  readonly repeated: ReadonlySet<number>
}

/** Options of {@link openPart10}. */
export interface OpenPart10Options {
  /** Longer values are left in the file. Pixel data are always left there. Default 1 MiB. */
  readonly mostValueBytes?: number | undefined
  /** Reading ends before this tag. Default: the end of the file. */
  readonly endBefore?: number | undefined
}

interface Reading {
  readonly source: ByteSource
  readonly encoding: ElementEncoding
  readonly of: string
  readonly repeated: Set<number>
  readonly mostValueBytes: number
  /** Bytes to read next. It grows with each read, so that short reading reads little. */
  windowLength: number
  /** The bytes read last, with their offset. */
  window: { readonly bytes: Uint8Array; readonly offset: number }
  offset: number
}

const firstWindowLength = 16 * 1024
const largestWindowLength = 1024 * 1024
const pixelTags: readonly number[] = [tags.pixelData, tags.floatPixelData, tags.doubleFloatPixelData]
const explicitLittleEndian: ElementEncoding = { isExplicit: true, isLittleEndian: true }

/**
 * Reads a DICOM file as {@link readPart10} does, but leaves pixel data and other large values in it. Also reads files
 * without preamble, prefix, group 0002 or transfer syntax, if their first element shows the encoding.
 *
 * @throws {UnreadableFileError} if the file is not DICOM, cut short, or not well formed
 * @example
 * import { readFile } from 'node:fs/promises'
 * import { tags } from '@ahi-dicom/dicom-standard'
 * import { bytesInMemory, openPart10 } from '@ahi-dicom/dicom-standard/reader'
 *
 * const file = await openPart10(bytesInMemory(await readFile('CT0001.dcm')))
 * console.log(file.dataSet.get(tags.pixelData)?.place?.byteLength) // 524288
 */
export async function openPart10(source: ByteSource, options: OpenPart10Options = {}): Promise<OpenedPart10> {
  const { mostValueBytes = 1024 * 1024, endBefore = Infinity } = options
  const start = await source.read(0, Math.min(firstWindowLength, source.byteLength))
  const repeated = new Set<number>()
  const meta: Reading = {
    source,
    encoding: explicitLittleEndian,
    of: '',
    repeated,
    mostValueBytes,
    windowLength: 2 * firstWindowLength,
    window: { bytes: start, offset: 0 },
    offset: firstElementOffset(start.subarray(0, startLength), source.byteLength),
  }
  const fileMeta = await readTop(meta, (tag) => tag >>> 16 === 2)
  const stated = plainText(fileMeta.get(tags.transferSyntaxUid))
  const transferSyntaxUid = stated === '' ? await guessFrom(meta) : stated
  const { isDeflated, ...encoding } = dataSetEncoding(transferSyntaxUid)
  const body = isDeflated ? await inflated(meta) : meta
  const dataSet = await readTop({ ...body, encoding }, (tag) => tag < endBefore)
  return { fileMeta, dataSet, transferSyntaxUid, encoding, source: body.source, repeated }
}

async function guessFrom({ source, offset }: Reading): Promise<string> {
  const found = guessTransferSyntax(await source.read(offset, 12))
  if (found !== undefined) return found
  throw new UnreadableFileError(`the file has no transfer syntax, and none fits its data set at byte ${offset}`)
}

async function inflated({ source, offset, ...reading }: Reading): Promise<Reading> {
  const bytes = inflateDataSet(await source.read(offset, source.byteLength - offset), offset)
  return { ...reading, source: bytesInMemory(bytes), of: ofInflatedDataSet, window: { bytes, offset: 0 }, offset: 0 }
}

/** Reads the elements of a data set until `isWanted` returns false. */
async function readTop(reading: Reading, isWanted: (tag: number) => boolean): Promise<Map<number, FileElement>> {
  const elements = new Map<number, FileElement>()
  while (reading.offset < reading.source.byteLength) {
    const cursor = await cursorOver(reading, 12)
    if (await isZeroPadding(reading, cursor)) break
    const header = readHeader(cursor, endOfFile(reading, cursor))
    if (!isWanted(header.tag)) break
    if (header.tag === tags.sequenceDelimitationItem) reading.offset = cursor.base + cursor.offset
    else addElement(elements, await readTopElement(reading, header, cursor), reading)
  }
  return elements
}

async function readTopElement(reading: Reading, header: ElementHeader, cursor: Cursor): Promise<FileElement> {
  const { tag, vr, length, offset } = header
  if (tag === tags.item || tag === tags.itemDelimitationItem) {
    throw faultAt(offset, cursor, `expected an element, found ${tag === tags.item ? 'an item' : 'an item delimiter'}`)
  }
  const start = cursor.base + cursor.offset
  if (length === undefinedLength) {
    return tag === tags.pixelData
      ? readFragmentPlaces(reading, header, start)
      : readOpenSequence(reading, cursor.base + offset)
  }
  const isLeft = vr !== 'SQ' && (length > reading.mostValueBytes || pixelTags.includes(tag))
  if (isLeft && length <= reading.source.byteLength - start) {
    reading.offset = start + length
    const isBigEndian = !reading.encoding.isLittleEndian && vr !== 'UN'
    return { tag, vr, value: new Uint8Array(0), isBigEndian, place: { offset: start, byteLength: length } }
  }
  const whole = await cursorOver(reading, Math.min(start + length, reading.source.byteLength) - reading.offset)
  const element = readElement(whole, readHeader(whole, endOfFile(reading, whole)), endOfFile(reading, whole))
  reading.offset = whole.base + whole.offset
  return element
}

/** Reads a sequence of undefined length. The window grows until it holds the whole sequence. */
async function readOpenSequence(reading: Reading, offset: number): Promise<FileElement> {
  reading.offset = offset
  for (let length = firstWindowLength; ; length *= 2) {
    const cursor = await cursorOver(reading, length)
    try {
      const end = cursor.bytes.byteLength
      const element = readElement(cursor, readHeader(cursor, end), end)
      reading.offset = cursor.base + cursor.offset
      return element
    } catch (error) {
      if (!(error instanceof UnreadableFileError) || endOfFile(reading, cursor) <= cursor.bytes.byteLength) throw error
    }
  }
}

async function readFragmentPlaces(reading: Reading, { tag }: ElementHeader, start: number): Promise<FileElement> {
  const fragmentPlaces: ByteRange[] = []
  reading.offset = start
  for (;;) {
    const cursor = await cursorOver(reading, 8)
    const end = endOfFile(reading, cursor)
    const header = readHeader(cursor, end)
    const { length: byteLength } = header
    if (header.tag === tags.sequenceDelimitationItem) break
    if (header.tag !== tags.item || byteLength === undefinedLength) {
      throw faultAt(header.offset, cursor, 'expected a fragment of the pixel data, found something else')
    }
    if (byteLength > end - cursor.offset) {
      throw faultAt(
        header.offset,
        cursor,
        `truncated: a fragment of the pixel data promises ${byteLength} bytes; it begins`,
      )
    }
    const offset = cursor.base + cursor.offset
    fragmentPlaces.push({ offset, byteLength })
    reading.offset = offset + byteLength
  }
  reading.offset += 8
  return { tag, vr: 'OB', value: new Uint8Array(0), isBigEndian: !reading.encoding.isLittleEndian, fragmentPlaces }
}

/** Returns a cursor at the current offset over at least `byteLength` bytes, or up to the end of the file. */
async function cursorOver(reading: Reading, byteLength: number): Promise<Cursor> {
  const { source, offset } = reading
  const left = source.byteLength - offset
  const end = reading.window.offset + reading.window.bytes.byteLength
  if (offset < reading.window.offset || end - offset < Math.min(byteLength, left)) {
    const length = Math.min(Math.max(byteLength, reading.windowLength), left)
    reading.window = { bytes: await source.read(offset, length), offset }
    reading.windowLength = Math.min(2 * reading.windowLength, largestWindowLength)
  }
  const { encoding, of, repeated, window } = reading
  return {
    ...createCursor(window.bytes, { ...encoding, of, base: window.offset, offset: offset - window.offset }),
    repeated,
  }
}

/** Returns the end of the file in the offsets of the cursor. */
function endOfFile({ source }: Reading, { base }: Cursor): number {
  return source.byteLength - base
}

/** True if only zero bytes follow. Some writers pad files with them. */
async function isZeroPadding({ source }: Reading, { bytes, offset, base }: Cursor): Promise<boolean> {
  if (bytes[offset] !== 0 || bytes[offset + 1] !== 0) return false
  for (let at = base + offset; at < source.byteLength; at += largestWindowLength) {
    const rest = await source.read(at, Math.min(largestWindowLength, source.byteLength - at))
    if (rest.some((byte) => byte !== 0)) return false
  }
  return true
}
