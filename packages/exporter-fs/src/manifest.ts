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
  /** How AHI stores the frames; absent where it has none. */
  readonly storedTransferSyntaxUid?: string | undefined
  /** Of the Part 10 form. */
  readonly transferSyntaxUid: string
  /** Whether the frames agreed with the checksums of AHI, could not be compared, or are none. */
  readonly checksum: 'verified' | 'unverified' | 'none'
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

/** What an export keeps beside its data. */
export const MANIFEST_NAME = 'manifest.ndjson'
export const ERRORS_NAME = 'errors.ndjson'
export const SUMMARY_NAME = 'summary.json'
export const LOCK_NAME = '.ahi-dicom.lock'

/** What has to be known of a journaled file to find and check it again. */
export type JournaledFile = Pick<
  ManifestEntry,
  'datastoreId' | 'imageSetId' | 'versionId' | 'sopInstanceUid' | 'path' | 'format' | 'bytes' | 'sha256' | 'frames'
>

/** Reads one line of a manifest; undefined for what is none, such as a line torn by a crash. */
export function parseManifestLine(text: string): JournaledFile | undefined {
  const value = parseJson(text)
  if (typeof value !== 'object' || value === null) return undefined
  const fields: Readonly<Record<string, unknown>> = { ...value }
  const { bytes, frames } = fields
  const texts = TEXT_FIELDS.map((field) => fields[field])
  if (!texts.every((text) => typeof text === 'string') || typeof bytes !== 'number') return undefined
  const [datastoreId = '', imageSetId = '', sopInstanceUid = '', path = '', format = '', sha256 = ''] = texts
  const versionId = typeof fields['versionId'] === 'string' ? fields['versionId'] : ''
  const frameCount = typeof frames === 'number' ? frames : 0
  return { datastoreId, imageSetId, versionId, sopInstanceUid, path, format, bytes, sha256, frames: frameCount }
}

const TEXT_FIELDS = ['datastoreId', 'imageSetId', 'sopInstanceUid', 'path', 'format', 'sha256']

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
