import { SelectorError } from '../errors.ts'

/** One image set, at its latest version unless `versionId` says otherwise. */
export interface ImageSetSelector {
  readonly imageSetId: string
  readonly versionId?: string | undefined
}

/** A study, or one series or one instance of it. */
export interface StudySelector {
  readonly studyInstanceUid: string
  readonly seriesInstanceUid?: string | undefined
  readonly sopInstanceUid?: string | undefined
}

/** What to export. A study is found in the primary image sets of the data store unless a job says otherwise. */
export type Selector = ImageSetSelector | StudySelector

/** Selectors in any form in which they can be walked once. */
export type Selectors = Iterable<Selector> | AsyncIterable<Selector>

/**
 * Reads `imageSetId` (32 characters of 0-9a-z) or `study[/series[/instance]]` by UID. Leading zeros of a UID component
 * are let through, since stored studies have them.
 *
 * @throws {SelectorError} for any other text
 */
export function parseSelector(text: string): Selector {
  const value = text.trim()
  if (isImageSetId(value)) return { imageSetId: value }
  const [studyInstanceUid = '', seriesInstanceUid, sopInstanceUid, ...rest] = value.split('/')
  if (value === '') throw new SelectorError(text, 'it is empty')
  if (!/^[\d.]/.test(value)) throw new SelectorError(text, 'it is neither an id nor a UID')
  if (rest.length > 0) throw new SelectorError(text, 'it has more than three parts')
  for (const uid of [studyInstanceUid, seriesInstanceUid, sopInstanceUid]) {
    if (uid !== undefined && !isUid(uid)) throw new SelectorError(text, `'${uid}' is not a DICOM UID`)
  }
  return { studyInstanceUid, seriesInstanceUid, sopInstanceUid }
}

/** Writes a selector in the form that {@link parseSelector} reads; a version id is left out. */
export function formatSelector(selector: Selector): string {
  if ('imageSetId' in selector) return selector.imageSetId
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = selector
  return [studyInstanceUid, seriesInstanceUid, sopInstanceUid].filter((uid) => uid !== undefined).join('/')
}

function isImageSetId(value: string): boolean {
  return /^[0-9a-z]{32}$/.test(value)
}

/** PS3.5 9.1: components of digits joined by dots, 64 characters at most. */
function isUid(value: string): boolean {
  return value.length <= 64 && /^\d+(\.\d+)+$/.test(value)
}
