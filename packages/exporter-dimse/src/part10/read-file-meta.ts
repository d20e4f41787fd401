import { isFileMeta, tags } from '@ahi-dicom/dicom-standard'
import { hasPart10Prefix, part10PrefixLength, readHeaderStart } from '@ahi-dicom/dicom-standard/part10'
import type { ContextKey } from '../association/contexts.ts'
import type { ByteReader } from './byte-reader.ts'
import { UnusableFileError } from './unusable-file-error.ts'

/** The properties of a data set in group 2 of its file. */
export interface FileMeta extends ContextKey {
  readonly sopInstanceUid: string
}

/** Group 2 is in Explicit VR Little Endian (PS3.10 7.1). */
const encoding = { isExplicit: true, isLittleEndian: true }
const shortHeader = 8
const longHeader = 12
/** Longest element of group 2, far longer than real ones, even private information. */
const longestValue = 1 << 20

/**
 * Reads preamble, prefix and group 2 (PS3.10 7.1). Then the reader is at the first element of the data set.
 *
 * @throws {UnusableFileError} if it is not a Part 10 file, or lacks SOP class, SOP instance or transfer syntax
 */
export async function readFileMeta(reader: ByteReader): Promise<FileMeta> {
  if (!(await reader.fill(part10PrefixLength)) || !hasPart10Prefix(reader.take(part10PrefixLength))) {
    throw new UnusableFileError('it is not a DICOM file: DICM is missing after the preamble')
  }
  const values = new Map<number, string>()
  while (await isNextFileMeta(reader)) {
    const { tag, value } = await readElement(reader)
    values.set(tag, value)
  }
  return {
    sopClassUid: required(values, tags.mediaStorageSopClassUid, 'MediaStorageSOPClassUID'),
    sopInstanceUid: required(values, tags.mediaStorageSopInstanceUid, 'MediaStorageSOPInstanceUID'),
    transferSyntaxUid: required(values, tags.transferSyntaxUid, 'TransferSyntaxUID'),
  }
}

async function isNextFileMeta(reader: ByteReader): Promise<boolean> {
  if (!(await reader.fill(longHeader))) return false
  const { tag } = nextHeader(reader)
  return isFileMeta(tag)
}

interface NextHeader {
  readonly tag: number
  readonly headerLength: number
  readonly length: number
}

/** Returns the next header without consuming it. */
function nextHeader(reader: ByteReader): NextHeader {
  const bytes = reader.peek(longHeader)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { tag, length } = readHeaderStart(view, 0, encoding)
  return {
    tag,
    headerLength: length === undefined ? longHeader : shortHeader,
    length: length ?? view.getUint32(8, true),
  }
}

async function readElement(reader: ByteReader): Promise<{ readonly tag: number; readonly value: string }> {
  const { tag, headerLength, length } = nextHeader(reader)
  if (length > longestValue) throw new UnusableFileError('an element of its group 0002 is too long')
  if (!(await reader.fill(headerLength + length))) throw new UnusableFileError('it ends inside group 0002')
  reader.take(headerLength)
  const value = Buffer.from(reader.take(length)).toString('latin1')
  return { tag, value: value.replace(/[\0 ]+$/, '') }
}

const uid = /^[0-9.]{1,64}$/

function required(values: ReadonlyMap<number, string>, tag: number, keyword: string): string {
  const value = values.get(tag) ?? ''
  if (!uid.test(value)) throw new UnusableFileError(`its group 0002 has no ${keyword}`)
  return value
}
