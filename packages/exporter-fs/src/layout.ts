import { lookUpKeyword } from '@ahi-dicom/dicom-standard/dictionary'
import { LayoutError } from './errors.ts'
import type { InstanceIdentity } from './instance.ts'
import { safeName, shortHash } from './safe-name.ts'

/** The layout of an export that names none. */
export const DEFAULT_LAYOUT = '{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}'

/** Where the files of an instance go. */
export interface Layout {
  readonly template: string
  /**
   * The path of an instance without extension, relative to the target, with forward slashes. Every part of it is a name
   * that is safe on every file system, so it cannot leave the target.
   */
  path(instance: InstanceIdentity): string
}

/** Values that no path can show. */
const VRS_WITHOUT_TEXT = new Set([
  'SQ',
  'OB',
  'OW',
  'OD',
  'OF',
  'OL',
  'OV',
  'UN',
  'OB or OW',
  'US or OW',
  'US or SS or OW',
])

type Part = { readonly literal: string } | { readonly keyword: string }

/**
 * Reads a layout template: names of folders and of the file, separated by `/`, with attributes as `{Keyword}`. Where it
 * does not hold `{SOPInstanceUID}`, a short hash of that UID is added to the file name, so that no two instances meet.
 *
 * @throws LayoutError for a keyword that is not in PS3.6 or has no text form, and for a template that is no relative path
 */
export function parseLayout(template: string): Layout {
  const segments = template.split('/').map((segment) => parseSegment(segment, template))
  const isUnique = segments.flat().some((part) => 'keyword' in part && part.keyword === 'SOPInstanceUID')
  return {
    template,
    path(instance) {
      const path = segments
        .map((segment) => safeName(segment.map((part) => partText(part, instance)).join('')))
        .join('/')
      return isUnique ? path : `${path}-${shortHash(instance.sopInstanceUid)}`
    },
  }
}

function parseSegment(segment: string, template: string): readonly Part[] {
  const parts: Part[] = []
  for (const [text, keyword, literal] of segment.matchAll(/\{([^{}]*)\}|([^{}]+)|[{}]/gu)) {
    if (keyword !== undefined) parts.push({ keyword: checkKeyword(keyword, template) })
    else if (literal !== undefined) parts.push({ literal })
    else throw invalid(template, `it has a "${text}" without its counterpart`)
  }
  const literals = parts.map((part) => ('literal' in part ? part.literal : '_')).join('')
  if (literals === '') throw invalid(template, 'a part of it between slashes is empty')
  if (literals !== safeName(literals)) {
    throw invalid(template, `"${segment}" is not a name on every file system; "${safeName(literals)}" would be`)
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
  if (VRS_WITHOUT_TEXT.has(entry.vr)) {
    const message = `Cannot use layout "${template}": "${keyword}" is a sequence or binary (VR ${entry.vr}), which names nothing`
    throw new LayoutError('LAYOUT_KEYWORD_NOT_TEXT', message, { template, keyword })
  }
  return keyword
}

function invalid(template: string, why: string): LayoutError {
  return new LayoutError('LAYOUT_INVALID', `Cannot use layout "${template}": ${why}`, { template })
}

/** An absent or empty attribute leaves its keyword. */
function partText(part: Part, instance: InstanceIdentity): string {
  if ('literal' in part) return part.literal
  const text = attributeText(part.keyword, instance).trim()
  return text === '' ? part.keyword : text
}

function attributeText(keyword: string, instance: InstanceIdentity): string {
  if (keyword === 'SOPInstanceUID') return instance.sopInstanceUid
  if (keyword === 'SeriesInstanceUID') return instance.seriesInstanceUid
  if (keyword === 'StudyInstanceUID') return instance.studyInstanceUid
  const strings = instance.attributes.strings(keyword)
  return (strings.length > 0 ? strings : instance.attributes.numbers(keyword)).join('_')
}
