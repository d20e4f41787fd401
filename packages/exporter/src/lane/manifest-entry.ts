import type { DicomInstance, InstanceNotice } from '@ahi-dicom/dicomizer'
import type {
  ChecksumResult,
  DirectoryEntry,
  FileRequest,
  InstanceKey,
  RequestedForm,
  ManifestEntry,
  WrittenFile,
} from '@ahi-dicom/export-files'
import type { InstanceOptions, ReadFrames } from './lane-item.ts'

/** What the lines of an instance's files have in common. */
export interface RecordedInstance {
  readonly instance: DicomInstance
  readonly notices: readonly InstanceNotice[]
  readonly options: InstanceOptions
  /** What the DICOMDIR says of the instance. */
  readonly directory: DirectoryEntry | undefined
}

/** Returns what is asked for of each instance, as far as it shapes the bytes of files. */
export function instanceRequest({ transferSyntax, headerOnly, source }: InstanceOptions): RequestedForm {
  return { form: headerOnly === true ? 'header-only' : (transferSyntax ?? 'explicit'), source: source ?? 'frames' }
}

/** The line of the manifest for one file that was written of an instance. */
export function manifestEntry(
  key: InstanceKey,
  { instance, notices, options, directory }: RecordedInstance,
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
    request: fileRequest(file, options),
    checksum: checksumResult(instance, file, options),
    ...(file.answer && { answer: file.answer }),
    ...(directory && { directory }),
    ...noticeFields(notices),
  }
}

function fileRequest({ settings }: WrittenFile, options: InstanceOptions): FileRequest {
  return { ...instanceRequest(options), ...(settings && { settings }) }
}

function noticeFields(notices: readonly InstanceNotice[]): Pick<ManifestEntry, 'notices' | 'hasLoss'> {
  if (notices.length === 0) return {}
  const codes = [...new Set(notices.map(({ code }) => code))]
  return { notices: codes, ...(notices.some(({ isLoss }) => isLoss) && { hasLoss: true }) }
}

/** Whether the frames in a file were compared with AHI's checksums, by the frames that were read for it. */
function checksumResult(instance: DicomInstance, { frame }: WrittenFile, options: InstanceOptions): ChecksumResult {
  if (options.headerOnly === true) return 'none'
  const { frameChecks, pictureChecks } = instance
  if (frame !== undefined) {
    const isVerified = pictureChecks.get(frame)
    return isVerified === undefined ? 'none' : isVerified ? 'verified' : 'unverified'
  }
  const isOfPictures = frameChecks.verified + frameChecks.unverified === 0
  const unverified = isOfPictures ? unverifiedPictures(instance) : frameChecks.unverified
  if (isOfPictures && pictureChecks.size === 0) return 'none'
  if (unverified === 0) return 'verified'
  return !isOfPictures && options.verifyFrames === false ? 'skipped' : 'unverified'
}

/** Counts the frames that were read for the files of an instance. */
export function readFrames(instance: DicomInstance): ReadFrames {
  const { verified, unverified } = instance.frameChecks
  const inFile = verified + unverified
  return {
    written: Math.max(inFile, instance.pictureChecks.size),
    unverified: inFile > 0 ? unverified : unverifiedPictures(instance),
  }
}

function unverifiedPictures({ pictureChecks }: DicomInstance): number {
  return [...pictureChecks.values()].filter((isVerified) => !isVerified).length
}
