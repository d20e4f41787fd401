import { lookUpKeyword } from '@ahi-dicom/dicom-standard/dictionary'
import type { PathMask } from '../destination/path-mask.ts'
import { LayoutError } from '../errors.ts'
import type { LayoutInstance, LayoutSeries } from './layout.ts'
import { safeName } from './safe-name.ts'

/** A parsed layout template. */
export interface Template {
  /** Keywords in the template, in order. Repeated ones are repeated here. */
  readonly keywords: readonly string[]
  /** Mask for messages, see `Layout.mask`. */
  readonly mask: PathMask
  /** Returns the path of an instance or a series. Each part is a valid name on every file system. */
  path(of: LayoutInstance | LayoutSeries): string
}

/** Value representations without a text form. */
const binaryVrs = new Set(['SQ', 'OB', 'OW', 'OD', 'OF', 'OL', 'OV', 'UN', 'OB or OW', 'US or OW', 'US or SS or OW'])

/**
 * Attributes, besides UIDs, that do not identify a patient. Any other may, including dates, descriptions and typed
 * numbers.
 */
const namelessKeywords = new Set(['Modality', 'SeriesNumber', 'AcquisitionNumber', 'InstanceNumber'])

type Part = { readonly literal: string } | { readonly keyword: string }

/**
 * Parses a layout template: names of folders and of the file, separated by `/`, with attributes as `{Keyword}`.
 *
 * @throws {LayoutError} if a keyword is not in PS3.6 or is not text, or if the template is not a valid relative path
 */
export function parseTemplate(template: string): Template {
  const texts = template.split('/')
  const segments = texts.map((segment) => parseSegment(segment, template))
  const mask = texts.map((text, position) => ((segments[position] ?? []).some(mayNamePatient) ? text : null))
  return {
    keywords: segments.flat().flatMap((part) => ('keyword' in part ? [part.keyword] : [])),
    mask: mask.every((text) => text === null) ? [] : mask,
    path: (of) => segments.map((segment) => safeName(segment.map((part) => partText(part, of)).join(''))).join('/'),
  }
}

function mayNamePatient(part: Part): boolean {
  if ('literal' in part) return false
  return lookUpKeyword(part.keyword)?.vr !== 'UI' && !namelessKeywords.has(part.keyword)
}

function parseSegment(segment: string, template: string): readonly Part[] {
  const parts: Part[] = []
  for (const [text, keyword, literal] of segment.matchAll(/\{([^{}]*)\}|([^{}]+)|[{}]/gu)) {
    if (keyword !== undefined) parts.push({ keyword: checkKeyword(keyword, template) })
    else if (literal !== undefined) parts.push({ literal })
    else throw invalid(template, `a "${text}" has no matching brace; write keywords as {Keyword}`)
  }
  const literals = parts.map((part) => ('literal' in part ? part.literal : '_')).join('')
  if (literals === '') throw invalid(template, 'a part between slashes is empty; remove a slash, or write a name there')
  if (literals !== safeName(literals)) {
    throw invalid(template, `"${segment}" is not a valid name on every file system; write "${safeName(literals)}"`)
  }
  return parts
}

function checkKeyword(keyword: string, template: string): string {
  const entry = lookUpKeyword(keyword)
  if (entry === undefined) {
    const message =
      `Cannot use layout "${template}": "${keyword}" is not a keyword of the DICOM dictionary; ` +
      'write keywords as PS3.6 does, such as {PatientID}'
    throw new LayoutError('LAYOUT_KEYWORD_UNKNOWN', message, { template, keyword })
  }
  if (binaryVrs.has(entry.vr)) {
    const message = `Cannot use layout "${template}": "${keyword}" is not text (VR ${entry.vr}); choose another attribute`
    throw new LayoutError('LAYOUT_KEYWORD_NOT_TEXT', message, { template, keyword })
  }
  return keyword
}

function invalid(template: string, why: string): LayoutError {
  return new LayoutError('LAYOUT_INVALID', `Cannot use layout "${template}": ${why}`, { template })
}

/** Returns the text of a part of a path. If an attribute is absent or empty, returns its keyword. */
function partText(part: Part, of: LayoutInstance | LayoutSeries): string {
  if ('literal' in part) return part.literal
  const text = attributeText(part.keyword, of).trim()
  return text === '' ? part.keyword : text
}

function attributeText(keyword: string, of: LayoutInstance | LayoutSeries): string {
  if (keyword === 'SOPInstanceUID' && 'sopInstanceUid' in of) return of.sopInstanceUid
  if (keyword === 'SeriesInstanceUID') return of.seriesInstanceUid
  if (keyword === 'StudyInstanceUID') return of.studyInstanceUid
  const strings = of.attributes.strings(keyword)
  return (strings.length > 0 ? strings : of.attributes.numbers(keyword)).join('_')
}
