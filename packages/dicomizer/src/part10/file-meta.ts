import { tags } from '@ahi-dicom/dicom-standard'
import type { ByteWriter } from '../data-set/byte-writer.ts'
import { findElement, type DataElement, type DataSet } from '../data-set/data-set.ts'
import { encodeDataSet } from './encode-data-set.ts'
import type { InstanceIdentity } from '../errors.ts'
import { implementationClassUid, implementationVersionName } from './version.ts'

/** Values for group 2 of a file. */
export interface FileMetaSubject {
  readonly sopClassUid: string
  readonly sopInstanceUid: string
  readonly transferSyntaxUid: string
  /** Group 2 of the imported file. */
  readonly imported: DataSet
}

/** Elements of the imported group 2 that are kept: application entity titles and private information. */
const keptTags: readonly number[] = [
  tags.sourceApplicationEntityTitle,
  tags.sendingApplicationEntityTitle,
  tags.receivingApplicationEntityTitle,
  tags.privateInformationCreatorUid,
  tags.privateInformation,
]

/** Returns the File Meta Information (PS3.10 7.1) without its group length. */
export function fileMetaInformation(subject: FileMetaSubject): DataSet {
  const kept = keptTags.flatMap((tag): DataElement[] => {
    const element = findElement(subject.imported, tag)
    return element === undefined || element.value === null ? [] : [element]
  })
  return [
    { tag: tags.fileMetaInformationVersion, vr: 'OB', value: 'AAE=' },
    { tag: tags.mediaStorageSopClassUid, vr: 'UI', value: subject.sopClassUid },
    { tag: tags.mediaStorageSopInstanceUid, vr: 'UI', value: subject.sopInstanceUid },
    { tag: tags.transferSyntaxUid, vr: 'UI', value: subject.transferSyntaxUid },
    { tag: tags.implementationClassUid, vr: 'UI', value: implementationClassUid },
    { tag: tags.implementationVersionName, vr: 'SH', value: implementationVersionName },
    ...kept,
  ]
}

/** Writes the preamble, the prefix and group 2 (PS3.10 7.1). */
export function encodeFileMeta(writer: ByteWriter, fileMeta: DataSet, identity: InstanceIdentity): void {
  writer.zeros(128)
  writer.ascii('DICM')
  writer.elementHeader(tags.fileMetaInformationGroupLength, { vr: 'UL', longLength: false })
  writer.setUint16(writer.length - 2, 4)
  writer.uint32(0)
  const start = writer.length
  encodeDataSet(writer, fileMeta, { identity })
  writer.setUint32(start - 4, writer.length - start)
}
