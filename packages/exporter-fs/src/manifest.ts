/** One line of manifest.ndjson: one written file. */
export interface ManifestEntry {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly versionId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
  readonly sopClassUid: string
  /** Relative to the folder of the manifest, with forward slashes. */
  readonly path: string
  /** `dcm` or `png`. */
  readonly format: string
  /** Size of the file. */
  readonly bytes: number
  /** Of the file, lower-case hexadecimal. */
  readonly sha256: string
  /** Frames of the instance. */
  readonly frames: number
  /** The frame that it shows, counted from 0; absent for files of the whole instance. */
  readonly frame?: number | undefined
  /** How AHI stores the frames; absent where it has none. */
  readonly storedTransferSyntaxUid?: string | undefined
  /** Of the Part 10 form. */
  readonly transferSyntaxUid: string
  /** Where the pixels come from: frames, AHI's own file of the instance, or there are none. */
  readonly source: 'frames' | 'instance' | 'none'
  /** Whether the frames agreed with the checksums of AHI, could not be compared, or are none. */
  readonly checksum: 'verified' | 'unverified' | 'none'
  /** Codes of what a reader of the instance should know; absent where there is nothing. */
  readonly notices?: readonly string[] | undefined
  /** Something of the instance could not be written: the file does not count as done by a later run. */
  readonly hasLoss?: true | undefined
}

/** One line of errors.ndjson: one thing that was not exported. */
export interface ErrorEntry {
  readonly datastoreId: string
  readonly imageSetId?: string | undefined
  readonly studyInstanceUid?: string | undefined
  readonly seriesInstanceUid?: string | undefined
  readonly sopInstanceUid?: string | undefined
  readonly imageFrameId?: string | undefined
  readonly code: string
  readonly message: string
  /** Whether the same run again may succeed. */
  readonly retryable: boolean
}

/** One line of warnings.ndjson: what a reader of written instances should know, with how many of a series it concerns. */
export interface WarningEntry {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly versionId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  /** The first instance that it concerns. */
  readonly sopInstanceUid: string
  readonly code: string
  /** `GGGGEEEE`, where it is about one attribute. */
  readonly tag?: string | undefined
  readonly message: string
  readonly instances: number
}

/** What an export keeps beside its data. */
export const MANIFEST_NAME = 'manifest.ndjson'
export const ERRORS_NAME = 'errors.ndjson'
export const WARNINGS_NAME = 'warnings.ndjson'
export const SUMMARY_NAME = 'summary.json'
export const LOCK_NAME = '.ahi-dicom.lock'

/** What has to be known of a journaled file to find and check it again. */
export type JournaledFile = Pick<
  ManifestEntry,
  | 'datastoreId'
  | 'imageSetId'
  | 'versionId'
  | 'sopInstanceUid'
  | 'path'
  | 'format'
  | 'bytes'
  | 'sha256'
  | 'frames'
  | 'frame'
  | 'hasLoss'
>

/** Reads one line of a manifest; undefined for what is none, such as a line torn by a crash. */
export function parseManifestLine(text: string): JournaledFile | undefined {
  const value = parseJson(text)
  if (typeof value !== 'object' || value === null) return undefined
  const fields: Readonly<Record<string, unknown>> = { ...value }
  const { bytes, frames, frame } = fields
  const texts = TEXT_FIELDS.map((field) => fields[field])
  if (!texts.every((text) => typeof text === 'string') || typeof bytes !== 'number') return undefined
  const [datastoreId = '', imageSetId = '', sopInstanceUid = '', path = '', format = '', sha256 = ''] = texts
  const versionId = typeof fields['versionId'] === 'string' ? fields['versionId'] : ''
  const frameCount = typeof frames === 'number' ? frames : 0
  const file = { datastoreId, imageSetId, versionId, sopInstanceUid, path, format, bytes, sha256, frames: frameCount }
  return {
    ...file,
    ...(typeof frame === 'number' ? { frame } : {}),
    ...(fields['hasLoss'] === true ? { hasLoss: true } : {}),
  }
}

const TEXT_FIELDS = ['datastoreId', 'imageSetId', 'sopInstanceUid', 'path', 'format', 'sha256']

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
