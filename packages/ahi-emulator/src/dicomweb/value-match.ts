import type { ValueMatch } from '../store/primary-conditions.ts'

/**
 * Parses the value of a match key (PS3.4 C.2.2.2): a single value, a list of UIDs, wildcards, or a range of dates or
 * times. Returns `undefined` if the VR does not allow the text.
 */
export function valueMatch(
  text: string,
  { vr, isFuzzy }: { readonly vr: string; readonly isFuzzy: boolean },
): ValueMatch | undefined {
  switch (vr) {
    case 'DA':
      return range(text, wholeDate)
    case 'TM':
      return range(text, wholeTime)
    case 'UI':
      return /^[\d.]+(?:[\\,][\d.]+)*$/.test(text) ? { kind: 'oneOf', values: text.split(/[\\,]/) } : undefined
    case 'US':
      return /^\d{1,5}$/.test(text) ? { kind: 'oneOf', values: [String(Number(text))] } : undefined
    case 'PN':
      return { kind: 'personName', pattern: text, isFuzzy }
    default:
      return /[*?]/.test(text) ? { kind: 'wildcard', pattern: text } : { kind: 'oneOf', values: [text] }
  }
}

type WholeValue = (text: string) => { readonly lower: string; readonly upper: string } | undefined

/** Parses the ranges `a`, `a-b`, `a-` and `-b`. */
function range(text: string, wholeValue: WholeValue): ValueMatch | undefined {
  const ends = text.split('-')
  if (ends.length > 2 || ends.every((end) => end === '')) return undefined
  const [first, last] = ends.map((end) => (end === '' ? { lower: '0', upper: '9' } : wholeValue(end)))
  if (first === undefined || (ends.length === 2 && last === undefined)) return undefined
  return { kind: 'range', lower: first.lower, upper: (last ?? first).upper }
}

function wholeDate(text: string): ReturnType<WholeValue> {
  return /^\d{8}$/.test(text) ? { lower: text, upper: text } : undefined
}

/** Returns the range of a time. A time of less precision includes all times that begin with it. */
function wholeTime(text: string): ReturnType<WholeValue> {
  if (!/^\d\d(?:\d\d(?:\d\d(?:\.\d{1,6})?)?)?$/.test(text)) return undefined
  const digits = text.replace('.', '')
  return { lower: digits.padEnd(12, '0'), upper: digits.padEnd(12, '9') }
}
