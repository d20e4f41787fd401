import type { DicomInstance, InstanceNotice } from '@ahi-dicom/dicomizer'
import type { ChecksumResult, InstanceKey, ManifestEntry, WrittenFile } from '@ahi-dicom/export-files'

/** What the lines of an instance's files have in common. */
export interface RecordedInstance {
  readonly instance: DicomInstance
  readonly notices: readonly InstanceNotice[]
  readonly checksum: ChecksumResult
}

/** The line of the manifest for one file that was written of an instance. */
export function manifestEntry(
  key: InstanceKey,
  { instance, notices, checksum }: RecordedInstance,
  file: WrittenFile,
): ManifestEntry {
  return {
    ...key,
    sopClassUid: instance.sopClassUid,
    path: file.path,
    format: file.format,
    bytes: file.byteLength,
    sha256: file.sha256,
    frames: instance.pictureCount,
    ...(file.frame === undefined ? {} : { frame: file.frame }),
    storedTransferSyntaxUid: instance.storedTransferSyntaxUid,
    transferSyntaxUid: instance.transferSyntaxUid,
    source: instance.source,
    checksum,
    ...noticeFields(notices),
  }
}

function noticeFields(notices: readonly InstanceNotice[]): Pick<ManifestEntry, 'notices' | 'hasLoss'> {
  if (notices.length === 0) return {}
  const codes = [...new Set(notices.map(({ code }) => code))]
  return { notices: codes, ...(notices.some(({ isLoss }) => isLoss) && { hasLoss: true }) }
}

/** Whether the frames of an instance that is written were compared with AHI's checksums. */
export function checksumResult(instance: DicomInstance, headerOnly: boolean): ChecksumResult {
  if (headerOnly || instance.frameCount === 0) return 'none'
  return instance.frameChecks.unverified === 0 ? 'verified' : 'unverified'
}
