import type { JsonValue } from '@ahi-dicom/ahi-metadata'
import type { AttributeValue } from './attribute-path.ts'
import { compareTo, isReversed, orderedValue, orderKind, parseOrdered, type OrderedValue } from './order.ts'
import { literalPattern, literalText, matchesPattern, type Pattern } from './pattern.ts'

/** The operator of a comparison. */
export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>='

/** One alternative of a condition. */
export type Alternative =
  | { readonly kind: 'pattern'; readonly pattern: Pattern }
  | { readonly kind: 'range'; readonly from?: OrderedValue | undefined; readonly to?: OrderedValue | undefined }
  /** Compares by the VR that the document gives. */
  | { readonly kind: 'by-vr'; of(vr: string): Alternative | undefined }

/** A condition on the values of an attribute. */
export interface Condition {
  readonly operator: Operator
  /** The alternatives of `=` and `!=`. For other operators, one range. */
  readonly alternatives: readonly Alternative[]
}

/**
 * Returns true if at least one value meets the condition. An empty pattern matches an attribute without a value. `!=`
 * is the opposite of `=`, so an attribute without a value meets it.
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
 * Returns the text of a value without padding. For a person name, also each of its representations, without empty
 * components. Returns empty text for items of sequences.
 */
function textsOf(value: JsonValue, vr: string | undefined): readonly string[] {
  if (typeof value === 'object') return ['']
  const text = String(value).trim()
  return vr === 'PN' ? [...new Set([text, wholeName(text), ...namesOf(text)])] : [text]
}

/** Returns the representations of a name: alphabetic, ideographic, phonetic. */
function namesOf(text: string): readonly string[] {
  return text.split('=').map((name) => name.replace(/[\^ ]+$/, ''))
}

function wholeName(text: string): string {
  return namesOf(text).join('=').replace(/=+$/, '')
}

/** Why no value of a VR can match a comparison. */
export type Mismatch = 'unreadable' | 'reversed' | 'unordered'

/** Returns one side of a comparison for an attribute whose VR only the document tells. */
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

/** Returns one side of a comparison, or why no value of the VR can match it. */
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

/** Returns the ends of `FROM..TO`, or of `FROM-TO`, DICOM's form for ranges of dates and times. */
function rangeEnds(text: string, isNumber: boolean): readonly [string, string] | undefined {
  const at = text.indexOf('..')
  if (at !== -1) return [text.slice(0, at).trim(), text.slice(at + 2).trim()]
  const match = isNumber ? null : /^(\d{8}|\d{6}(?:\.\d+)?)?-(\d{8}|\d{6}(?:\.\d+)?)?$/.exec(text)
  return match === null ? undefined : [match[1] ?? '', match[2] ?? '']
}
