import { SelectorError } from '../errors.ts'

/** One image set. Its latest version, unless `versionId` is given. */
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

/** An item to export. A study is searched in the primary image sets of the data store, unless `nonPrimary` is set. */
export type Selector = ImageSetSelector | StudySelector

/** A selector as text, with its place in a list. */
export interface SelectorLine {
  readonly text: string
  /** A place such as `line 3 of studies.txt`. The error of a malformed selector shows it. */
  readonly place: string
}

/** A selector in any form. Texts are read like {@link parseSelector} does. */
export type GivenSelector = Selector | SelectorLine | string

/** Selectors, read once. A malformed one is reported, and the others are still selected. */
export type Selectors = Iterable<GivenSelector> | AsyncIterable<GivenSelector>

/**
 * Parses an image set id (32 characters of 0-9a-z) or `study[/series[/instance]]`. The UIDs may be any text, because
 * AHI also stores UIDs that are not valid in DICOM, such as `abc`.
 *
 * @throws {SelectorError} if the text is neither
 * @example
 * import { parseSelector } from '@ahi-dicom/exporter'
 *
 * const selectors = [parseSelector(`${studyInstanceUid}/${seriesInstanceUid}`)]
 * for await (const { modality } of exporter.listSeries({ datastoreId, selectors })) console.log(modality) // CT
 */
export function parseSelector(text: string): Selector {
  return parseAt(text)
}

function parseAt(text: string, place?: string): Selector {
  const value = text.trim()
  if (isImageSetId(value)) return { imageSetId: value }
  if (value === '') throw new SelectorError(text, 'it is empty', place)
  const [studyInstanceUid = '', seriesInstanceUid, sopInstanceUid, ...rest] = value.split('/').map((uid) => uid.trim())
  if (rest.length > 0) throw new SelectorError(text, 'it has more than three parts', place)
  for (const uid of [studyInstanceUid, seriesInstanceUid, sopInstanceUid]) {
    if (uid === '') throw new SelectorError(text, 'one of its parts is empty', place)
    if (uid !== undefined && !isStorable(uid)) throw new SelectorError(text, 'AHI stores no such UID', place)
  }
  return { studyInstanceUid, seriesInstanceUid, sopInstanceUid }
}

/**
 * Returns a selector given in any form as an object.
 * @throws {SelectorError} if a text is not a selector
 * @example
 * import { formatSelector, readSelector } from '@ahi-dicom/exporter'
 *
 * console.log(formatSelector(readSelector('1.2/1.2.3'))) // 1.2/1.2.3
 * console.log(formatSelector(readSelector({ studyInstanceUid: '1.2' }))) // 1.2
 */
export function readSelector(given: GivenSelector): Selector {
  if (typeof given === 'string') return parseSelector(given)
  return 'text' in given ? parseAt(given.text, given.place) : given
}

/** Returns a given selector as text, without its version id. */
export function selectorText(given: GivenSelector): string {
  if (typeof given === 'string') return given.trim()
  return 'text' in given ? given.text.trim() : formatSelector(given)
}

/** Returns the version of an image set that a selector names. */
export function selectorVersion(given: GivenSelector): string | undefined {
  return typeof given === 'object' && 'imageSetId' in given ? given.versionId : undefined
}

/** Returns true if the selector of a study matches an instance. */
export function namesInstance(selector: StudySelector, instance: InstanceIdentifiers): boolean {
  const { seriesInstanceUid = instance.seriesInstanceUid, sopInstanceUid = instance.sopInstanceUid } = selector
  return (
    instance.studyInstanceUid === selector.studyInstanceUid &&
    instance.seriesInstanceUid === seriesInstanceUid &&
    instance.sopInstanceUid === sopInstanceUid
  )
}

interface InstanceIdentifiers {
  readonly studyInstanceUid: string | undefined
  readonly seriesInstanceUid: string
  /** Undefined for a file of a whole series. */
  readonly sopInstanceUid: string | undefined
}

/**
 * Returns a selector in the form that {@link parseSelector} reads, without its version id.
 *
 * @example
 * import { formatSelector } from '@ahi-dicom/exporter'
 *
 * console.log(formatSelector({ studyInstanceUid: '1.2', seriesInstanceUid: '1.2.3' })) // 1.2/1.2.3
 */
export function formatSelector(selector: Selector): string {
  if ('imageSetId' in selector) return selector.imageSetId
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = selector
  return [studyInstanceUid, seriesInstanceUid, sopInstanceUid].filter((uid) => uid !== undefined).join('/')
}

function isImageSetId(value: string): boolean {
  return /^[0-9a-z]{32}$/.test(value)
}

/** Returns true if AHI may store a UID. Its limit at import is 256 characters. */
function isStorable(uid: string): boolean {
  return uid.length <= 256 && !/\p{Cc}/u.test(uid)
}
