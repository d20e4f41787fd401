import type { DicomInstance, InstanceNotice } from '@ahi-dicom/dicomizer'
import type {
  ChecksumResult,
  DirectoryEntry,
  FileRequest,
  InstanceFileEntry,
  InstanceKey,
  ManifestEntry,
  RequestedForm,
  SeriesFileEntry,
  SeriesKey,
  WrittenFile,
  WrittenSeriesFile,
} from '@ahi-dicom/export-files'
import type { InstanceOptions, ReadFrames } from './lane-item.ts'

/** Data shared by the manifest lines of all files of an instance. */
export interface RecordedInstance {
  readonly instance: DicomInstance
  readonly notices: readonly InstanceNotice[]
  readonly options: InstanceOptions
  /** The entry of the instance in the DICOMDIR. */
  readonly directory: DirectoryEntry | undefined
}

/** Returns the options that decide the bytes of the files. */
export function instanceRequest({ transferSyntax, headerOnly, source }: InstanceOptions): RequestedForm {
  return { form: headerOnly === true ? 'header-only' : (transferSyntax ?? 'explicit'), source: source ?? 'frames' }
}

/** Returns the manifest line for a file of an instance. */
export function manifestEntry(
  key: InstanceKey,
  { instance, notices, options, directory }: RecordedInstance,
  file: WrittenFile,
): InstanceFileEntry {
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

/** Data shared by the manifest lines of all files of a series. */
export interface RecordedSeries {
  readonly instances: readonly DicomInstance[]
  readonly notices: readonly InstanceNotice[]
  readonly options: InstanceOptions
  /** True if a part of the series has no file. A later run then writes all its files again. */
  readonly hasFailed: boolean
  /** The number of files of the series. */
  readonly files: number
}

/** Returns the manifest line for a file of a series. */
export function seriesFileEntry(
  key: SeriesKey,
  { instances, notices, options, hasFailed, files }: RecordedSeries,
  file: WrittenSeriesFile,
): SeriesFileEntry {
  const { written, unverified } = sumOfFrames(instances.map(readFrames))
  const checksum = unverified > 0 ? 'unverified' : 'verified'
  const source = instances.some((instance) => instance.source === 'instance') ? 'instance' : 'frames'
  return {
    ...key,
    scope: 'series',
    path: file.path,
    suffix: file.suffix,
    files,
    format: file.format,
    bytes: file.byteLength,
    sha256: file.sha256,
    frames: file.frames,
    source: written === 0 ? 'none' : source,
    request: fileRequest(file, options),
    checksum: written === 0 || file.frames === 0 ? 'none' : checksum,
    ...(file.answer && { answer: file.answer }),
    ...noticeFields(notices),
    ...(hasFailed && { hasLoss: true }),
  }
}

/** Returns the sum of frame counts. */
export function sumOfFrames(frames: readonly ReadFrames[]): ReadFrames {
  return {
    written: frames.reduce((sum, { written }) => sum + written, 0),
    unverified: frames.reduce((sum, { unverified }) => sum + unverified, 0),
  }
}

/** Returns a notice about frames that could not be compared with a checksum. */
export function unverifiedNotice({ written, unverified }: ReadFrames): InstanceNotice {
  const message = `${unverified} of ${written} frames could not be compared with a checksum of AHI`
  return { code: 'FRAMES_UNVERIFIED', message, isLoss: false }
}

function fileRequest({ settings }: Pick<WrittenFile, 'settings'>, options: InstanceOptions): FileRequest {
  return { ...instanceRequest(options), ...(settings && { settings }) }
}

function noticeFields(notices: readonly InstanceNotice[]): Pick<ManifestEntry, 'notices' | 'hasLoss'> {
  if (notices.length === 0) return {}
  const codes = [...new Set(notices.map(({ code }) => code))]
  return { notices: codes, ...(notices.some(({ isLoss }) => isLoss) && { hasLoss: true }) }
}

/** Returns how the frames in a file were compared with AHI's checksums. */
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

/** Counts the frames read for the files of an instance. */
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
