import type { ByteWriter } from '../data-set/byte-writer.ts'
import { findElement, type DataElement, type DataSet } from '../data-set/data-set.ts'
import { encodeDataSet } from './encode-data-set.ts'
import type { InstanceIdentity } from '../errors.ts'
import { implementationClassUid, implementationVersionName } from './version.ts'

/** What group 2 says of the data set behind it. */
export interface FileMetaSubject {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly transferSyntaxUid: string
  /** Group 2 of the imported file. */
  readonly imported: DataSet
}

/** Elements of the imported file that stay true: where it came from, and what its maker put beside. */
const keptTags: readonly number[] = [0x00020016, 0x00020017, 0x00020018, 0x00020100, 0x00020102]

/** File Meta Information of PS3.10 7.1, without its group length. */
export function fileMetaInformation(subject: FileMetaSubject): DataSet {
  const kept = keptTags.flatMap((tag): DataElement[] => {
    const element = findElement(subject.imported, tag)
    return element === undefined || element.value === null ? [] : [element]
  })
  return [
    { tag: 0x00020001, vr: 'OB', value: 'AAE=' },
    { tag: 0x00020002, vr: 'UI', value: subject.sopClassUid },
    { tag: 0x00020003, vr: 'UI', value: subject.sopInstanceUid },
    { tag: 0x00020010, vr: 'UI', value: subject.transferSyntaxUid },
    { tag: 0x00020012, vr: 'UI', value: implementationClassUid },
    { tag: 0x00020013, vr: 'SH', value: implementationVersionName },
    ...kept,
  ]
}

/** Writes the preamble, the prefix and group 2 (PS3.10 7.1). */
export function encodeFileMeta(writer: ByteWriter, fileMeta: DataSet, identity: InstanceIdentity): void {
  writer.zeros(128)
  writer.ascii('DICM')
  const groupLength = [0x02, 0x00, 0x00, 0x00, 0x55, 0x4c, 0x04, 0x00]
  writer.bytes(Uint8Array.from(groupLength))
  writer.uint32(0)
  const start = writer.length
  encodeDataSet(writer, fileMeta, { identity })
  writer.setUint32(start - 4, writer.length - start)
}
