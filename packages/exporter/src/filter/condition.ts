import type { JsonValue } from '@ahi-dicom/ahi-metadata'
import type { AttributeValue } from './attribute-path.ts'
import { compareTo, isReversed, orderedValue, orderKind, parseOrdered, type OrderedValue } from './order.ts'
import { literalPattern, literalText, matchesPattern, type Pattern } from './pattern.ts'

/** How a condition compares. */
export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>='

/** One of the alternatives of a condition. */
export type Alternative =
  | { readonly kind: 'pattern'; readonly pattern: Pattern }
  | { readonly kind: 'range'; readonly from?: OrderedValue | undefined; readonly to?: OrderedValue | undefined }
  /** Compares as the VR of the document asks. */
  | { readonly kind: 'by-vr'; of(vr: string): Alternative | undefined }

/** What is asked of the values of an attribute. */
export interface Condition {
  readonly operator: Operator
  /** What `=` and `!=` compare with; the values of the others are ranges. */
  readonly alternatives: readonly Alternative[]
}

/**
 * Returns whether values meet a condition. One value that does is enough. An empty pattern stands for an attribute without a
 * value. `!=` is the opposite of `=`, so an attribute without a value meets it.
 */
export function meets({ operator, alternatives }: Condition, values: readonly AttributeValue[]): boolean {
  const hasMatch = alternatives.some((alternative) =>
    values.length === 0
      ? alternative.kind === 'pattern' && alternative.pattern.length === 0
      : values.some((value) => isMatch(alternative, value, operator)),
  )
  return hasMatch === (operator !== '!=')
}

function isMatch(alternative: Alternative, { value, vr }: AttributeValue, operator: Operator): boolean {
  if (alternative.kind === 'pattern') {
    const { pattern } = alternative
    return pattern.length > 0 && textsOf(value, vr).some((text) => matchesPattern(pattern, text))
  }
  if (alternative.kind === 'by-vr') {
    const known = alternative.of(vr ?? (typeof value === 'string' ? 'UN' : 'FD'))
    return known !== undefined && isMatch(known, { value, vr }, operator)
  }
  const ordered = orderedValue(value, vr)
  const { from, to } = alternative
  const [atFrom, atTo] = [from, to].map((limit) => (limit === undefined ? 0 : compareTo(limit, ordered)))
  if (atFrom === undefined || atTo === undefined || ordered === undefined) return false
  if (operator === '>') return atFrom > 0
  return operator === '<' ? atTo < 0 : atFrom >= 0 && atTo <= 0
}

/**
 * The text of a value without padding; of a name of a person its representations as well, without empty components. Items of
 * sequences have no text.
 */
function textsOf(value: JsonValue, vr: string | undefined): readonly string[] {
  if (typeof value === 'object') return ['']
  const text = String(value).trim()
  return vr === 'PN' ? [...new Set([text, wholeName(text), ...namesOf(text)])] : [text]
}

/** Representations of a name: alphabetic, ideographic, phonetic. */
function namesOf(text: string): readonly string[] {
  return text.split('=').map((name) => name.replace(/[\^ ]+$/, ''))
}

function wholeName(text: string): string {
  return namesOf(text).join('=').replace(/=+$/, '')
}

/** Why no value of the VR can meet a comparison. */
export type Mismatch = 'unreadable' | 'reversed' | 'unordered'

/** Returns what one side of a comparison with an attribute stands for whose VR the document alone tells. */
export function alternativeByVr(pattern: Pattern, operator: Operator): Alternative | Mismatch {
  const isEquality = operator === '=' || operator === '!='
  if (isEquality && (literalText(pattern) ?? '') === '') return { kind: 'pattern', pattern }
  const kinds = ['UN', 'DT', 'TM'].map((vr) => parseAlternative(pattern, operator, vr))
  if (kinds.every((alternative) => typeof alternative === 'string')) return 'unreadable'
  const known = new Map<string, Alternative | undefined>()
  return {
    kind: 'by-vr',
    of(vr) {
      if (!known.has(vr)) {
        const alternative = parseAlternative(pattern, operator, vr)
        known.set(vr, typeof alternative === 'string' ? undefined : alternative)
      }
      return known.get(vr)
    },
  }
}

/** Returns what one side of a comparison stands for, or why no value of the VR can meet it. */
export function parseAlternative(pattern: Pattern, operator: Operator, vr: string | undefined): Alternative | Mismatch {
  const text = literalText(pattern)
  if (operator === '=' || operator === '!=') return equalAlternative(pattern, text, vr)
  if (orderKind(vr) === 'none') return 'unordered'
  const limit = text === undefined ? undefined : parseOrdered(text, vr)
  if (limit === undefined) return 'unreadable'
  return operator.startsWith('>') ? { kind: 'range', from: limit } : { kind: 'range', to: limit }
}

function equalAlternative(pattern: Pattern, text: string | undefined, vr: string | undefined): Alternative | Mismatch {
  const kind = orderKind(vr)
  if (text === undefined || text === '' || kind === 'text' || kind === 'none' || kind === 'unknown') {
    const name = vr === 'PN' && text !== undefined ? wholeName(text) : ''
    return { kind: 'pattern', pattern: name === '' ? pattern : literalPattern(name) }
  }
  const ends = rangeEnds(text, kind === 'number') ?? [text, text]
  const [from, to] = ends.map((end) => (end === '' ? undefined : parseOrdered(end, vr)))
  const isReadable = ends.every((end, index) => end === '' || [from, to][index] !== undefined)
  if (!isReadable || (from ?? to) === undefined) return 'unreadable'
  return from !== undefined && to !== undefined && isReversed(from, to) ? 'reversed' : { kind: 'range', from, to }
}

/** The ends of `FROM..TO`, and of `FROM-TO` as DICOM writes ranges of dates and times. */
function rangeEnds(text: string, isNumber: boolean): readonly [string, string] | undefined {
  const at = text.indexOf('..')
  if (at !== -1) return [text.slice(0, at).trim(), text.slice(at + 2).trim()]
  const match = isNumber ? null : /^(\d{8}|\d{6}(?:\.\d+)?)?-(\d{8}|\d{6}(?:\.\d+)?)?$/.exec(text)
  return match === null ? undefined : [match[1] ?? '', match[2] ?? '']
}
