import { hasPart10Prefix, part10PrefixLength } from '../part10.ts'
import { tags } from '../tags.ts'
import { dataSetEncoding } from '../transfer-syntaxes.ts'
import { createCursor, type Cursor } from './cursor.ts'
import type { DataElement, DataSet } from './data-element.ts'
import { readHeader } from './element-header.ts'
import { plainText } from './element-values.ts'
import { inflateDataSet, ofInflatedDataSet } from './inflate.ts'
import { addElement, readElement, readElements } from './read-elements.ts'
import { UnreadableFileError } from './unreadable-file-error.ts'

/** A Part 10 file (PS3.10): group 2 and the data set, without conversion. */
export interface Part10File {
  readonly fileMeta: DataSet
  readonly dataSet: DataSet
  /** Empty if the file has none. Then the data set is empty too, because its encoding is unknown. */
  readonly transferSyntaxUid: string
  /** Attributes that occur more than once in one data set or item. The last one counts. */
  readonly repeated: ReadonlySet<number>
}

/**
 * Reads a Part 10 file without converting values, in any transfer syntax that PS3.5 defines for data sets: implicit and
 * explicit VR, little and big endian, deflated. Sequences may have undefined lengths. UN elements of undefined length
 * are read as implicit VR sequences (PS3.5 6.2.2).
 *
 * @throws {UnreadableFileError} if the bytes are not a Part 10 file, cut short, or not well formed
 * @example
 * import { readFile } from 'node:fs/promises'
 * import { readPart10 } from '@ahi-dicom/dicom-standard/reader'
 *
 * const { transferSyntaxUid, dataSet } = readPart10(await readFile('CT0001.dcm'))
 * console.log(transferSyntaxUid, dataSet.has(0x00100010)) // 1.2.840.10008.1.2.1 true
 */
export function readPart10(bytes: Uint8Array): Part10File {
  if (!hasPart10Prefix(bytes)) {
    throw new UnreadableFileError('not a DICOM Part 10 file: the prefix DICM is missing at byte 128', {
      code: 'NOT_DICOM',
    })
  }
  const meta = createCursor(bytes, { offset: part10PrefixLength, isExplicit: true, isLittleEndian: true })
  const fileMeta = readFileMeta(meta)
  const transferSyntaxUid = plainText(fileMeta.get(tags.transferSyntaxUid))
  if (transferSyntaxUid === '') return { fileMeta, dataSet: new Map(), transferSyntaxUid, repeated: meta.repeated }
  const cursor = dataSetCursor(bytes, meta.offset, transferSyntaxUid)
  const dataSet = readElements(cursor, cursor.bytes.byteLength, undefined)
  return { fileMeta, dataSet, transferSyntaxUid, repeated: new Set([...meta.repeated, ...cursor.repeated]) }
}

/** Reads group 2 up to the first element of another group, because its group length may be missing or wrong. */
function readFileMeta(cursor: Cursor): DataSet {
  const elements = new Map<number, DataElement>()
  while (cursor.offset + 8 <= cursor.bytes.byteLength && cursor.view.getUint16(cursor.offset, true) === 2) {
    addElement(
      elements,
      readElement(cursor, readHeader(cursor, cursor.bytes.byteLength), cursor.bytes.byteLength),
      cursor,
    )
  }
  return elements
}

function dataSetCursor(bytes: Uint8Array, offset: number, transferSyntaxUid: string): Cursor {
  const { isDeflated, ...encoding } = dataSetEncoding(transferSyntaxUid)
  if (!isDeflated) return createCursor(bytes, { offset, ...encoding })
  return createCursor(inflateDataSet(bytes.subarray(offset), offset), { offset: 0, of: ofInflatedDataSet, ...encoding })
}
