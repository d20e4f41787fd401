import type { ManifestEntry } from './entries.ts'

/** The part of a manifest line that finds and checks its file again. */
export type RecordedFile = Pick<
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

/** Parses one line of a manifest. Returns undefined if it is not an entry, such as a line torn by a crash. */
export function parseManifestLine(text: string): RecordedFile | undefined {
  const value = parseJson(text)
  if (typeof value !== 'object' || value === null) return undefined
  const fields: Readonly<Record<string, unknown>> = { ...value }
  const { bytes, frames, frame } = fields
  const texts = textFields.map((field) => fields[field])
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

const textFields = ['datastoreId', 'imageSetId', 'sopInstanceUid', 'path', 'format', 'sha256']

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
