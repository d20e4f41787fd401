import { createHash } from 'node:crypto'
import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { tags } from '@ahi-dicom/dicom-standard'
import { itemHeader, longElementHeader, longestValueLength } from '@ahi-dicom/dicom-standard/part10'
import { encodeItem, encodePart10Envelope } from '@ahi-dicom/dicomizer'
import { OutputError } from '../errors.ts'
import { dicomdirPath } from '../destination/record-store.ts'
import type { DirectoryRecord } from './directory-records.ts'

/** PS3.4 Annex I.4. */
const mediaStorageDirectoryStorage = '1.2.840.10008.1.3.10'
const fileSetId = 'AHI_DICOM'
/** A record that is in use (PS3.3 F.3.2.2). */
const inUse = 0xffff
/** Bytes that go into one chunk. */
const chunkBytes = 65_536

/** Where records refer to, by their number: byte offsets from the start of the file; 0 for none. */
interface Offsets {
  readonly next: Uint32Array
  readonly lower: Uint32Array
  readonly root: { readonly first: number; readonly last: number }
  readonly byteLength: number
  readonly sopInstanceUid: string
}

/**
 * Yields a DICOMDIR (PS3.3 F, PS3.10 8.6). The records are read twice: where they lie has to be known before they are
 * written. The same records make the same bytes.
 *
 * @param records Returns all records, in the same order each time, each before those below it.
 * @param most Records that there are, at most.
 * @throws {OutputError} OUTPUT_FAILED for more records than a DICOMDIR of 4 GiB can hold
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
  /** The last record at each level, below the last one at the level above. */
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
    'Cannot write the DICOMDIR: it would have more than 4 GiB, which its offsets do not reach; export fewer instances ' +
    'to one destination'
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

/** Returns a UID of a UUID made from a digest (PS3.5 B.2, RFC 9562 5.8), always as long in the file. */
function uidOf(digest: Uint8Array): string {
  const bytes = Buffer.from(digest.subarray(0, 16))
  // The first bits are set, so that the number has 39 digits whatever the digest.
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
