import { createHash } from 'node:crypto'
import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { tags } from '@ahi-dicom/dicom-standard'
import { itemHeader, longElementHeader, longestValueLength } from '@ahi-dicom/dicom-standard/part10'
import { encodeItem, encodePart10Envelope } from '@ahi-dicom/dicomizer'
import { OutputError } from '../errors.ts'
import { dicomdirPath } from '../destination/record-store.ts'
import type { DirectoryRecord } from './directory-records.ts'

/** SOP class UID of Media Storage Directory Storage (PS3.4 Annex I.4). */
const mediaStorageDirectoryStorage = '1.2.840.10008.1.3.10'
const fileSetId = 'AHI_DICOM'
/** Value of RecordInUseFlag for a record in use (PS3.3 F.3.2.2). */
const inUse = 0xffff
/** Minimum size of a chunk, in bytes. */
const chunkBytes = 65_536

/**
 * Offsets that the records refer to, by record number. They are counted in bytes from the start of the file; 0 for
 * none.
 */
interface Offsets {
  readonly next: Uint32Array
  readonly lower: Uint32Array
  readonly root: { readonly first: number; readonly last: number }
  readonly byteLength: number
  readonly sopInstanceUid: string
}

/**
 * Yields the bytes of a DICOMDIR (PS3.3 F, PS3.10 8.6). The records are read twice, because their offsets must be known
 * before they are written. The same records make the same bytes.
 *
 * @param records Returns all records, each before the records below it. The order must be the same each time.
 * @param most Largest possible number of records.
 * @throws {OutputError} OUTPUT_FAILED if the DICOMDIR would be larger than 4 GiB
 */
export function* encodeDicomdir(records: () => Iterable<DirectoryRecord>, most: number): Generator<Uint8Array> {
  const offsets = findOffsets(records(), most)
  yield* gathered(encodedParts(records(), offsets))
}

function* encodedParts(records: Iterable<DirectoryRecord>, offsets: Offsets): Generator<Uint8Array> {
  const { byteLength, root, sopInstanceUid, next, lower } = offsets
  yield encodeHead({ root, byteLength, sopInstanceUid })
  let number = 0
  for (const record of records) {
    const item = encodeRecord(record, { next: next[number] ?? 0, lower: lower[number] ?? 0 })
    yield itemHeader(item.byteLength)
    yield item
    number += 1
  }
}

function findOffsets(records: Iterable<DirectoryRecord>, most: number): Offsets {
  const [next, lower] = [new Uint32Array(most), new Uint32Array(most)]
  const hash = createHash('sha256')
  const start = encodeHead({ root: { first: 0, last: 0 }, byteLength: 0, sopInstanceUid: uidOf(hash.copy().digest()) })
  const headLength = start.byteLength
  /** Number of the last record at each level, along the path to the current record. */
  const last: number[] = []
  let root = { first: 0, last: 0 }
  let offset = headLength
  let number = 0
  for (const record of records) {
    const { level } = record
    const [sibling, parent] = [last[level], last[level - 1]]
    if (sibling !== undefined) next[sibling] = offset
    else if (parent !== undefined) lower[parent] = offset
    if (level === 0) root = { first: number === 0 ? offset : root.first, last: offset }
    last.length = level
    last.push(number)
    const item = encodeRecord(record, { next: 0, lower: 0 })
    hash.update(item)
    offset += itemHeader(0).byteLength + item.byteLength
    if (offset > longestValueLength) throw tooLarge()
    number += 1
  }
  return { next, lower, root, byteLength: offset - headLength, sopInstanceUid: uidOf(hash.digest()) }
}

function tooLarge(): OutputError {
  const message =
    'Cannot write the DICOMDIR: it would be larger than 4 GiB, the most that its offsets can address; export fewer ' +
    'instances to one destination'
  return new OutputError('OUTPUT_FAILED', message, { path: dicomdirPath })
}

interface Head extends Pick<Offsets, 'root' | 'byteLength' | 'sopInstanceUid'> {}

function encodeHead({ root, byteLength, sopInstanceUid }: Head): Uint8Array {
  const { head } = encodePart10Envelope({
    attributes: {
      MediaStorageSOPClassUID: mediaStorageDirectoryStorage,
      MediaStorageSOPInstanceUID: sopInstanceUid,
      FileSetID: fileSetId,
      OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity: root.first,
      OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity: root.last,
      FileSetConsistencyFlag: 0,
    },
  })
  return Buffer.concat([head, longElementHeader(tags.directoryRecordSequence, 'SQ', byteLength)])
}

interface RecordOffsets {
  readonly next: number
  readonly lower: number
}

function encodeRecord({ attributes }: DirectoryRecord, { next, lower }: RecordOffsets): Uint8Array {
  const all: AttributeMap = {
    OffsetOfTheNextDirectoryRecord: next,
    RecordInUseFlag: inUse,
    OffsetOfReferencedLowerLevelDirectoryEntity: lower,
    ...attributes,
  }
  return encodeItem(all)
}

/** Returns a UID that is made from a digest as a UUID (PS3.5 B.2, RFC 9562 5.8). It always has the same length. */
function uidOf(digest: Uint8Array): string {
  const bytes = Buffer.from(digest.subarray(0, 16))
  // With the first bit set, the number always has 39 digits.
  bytes[0] = (bytes[0] ?? 0) | 0x80
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  return `2.25.${BigInt(`0x${bytes.toString('hex')}`)}`
}

function* gathered(parts: Iterable<Uint8Array>): Generator<Uint8Array> {
  let waiting: Uint8Array[] = []
  let byteLength = 0
  for (const part of parts) {
    waiting.push(part)
    byteLength += part.byteLength
    if (byteLength < chunkBytes) continue
    yield Buffer.concat(waiting)
    waiting = []
    byteLength = 0
  }
  yield Buffer.concat(waiting)
}
