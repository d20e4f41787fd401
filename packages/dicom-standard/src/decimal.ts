const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/**
 * Parses the text of a DS or IS (PS3.5 6.2). Returns `undefined` if it is not a finite number. Surrounding spaces are
 * ignored. Longer texts than the standard allows are accepted.
 *
 * @example
 * import { parseDecimal } from '@ahi-dicom/dicom-standard'
 *
 * console.log(parseDecimal(' 1.5e2 ')) // 150
 * console.log(parseDecimal('wide')) // undefined
 */
export function parseDecimal(text: string): number | undefined {
  const trimmed = text.replace(/[\0 ]+$/, '').trimStart()
  if (!decimal.test(trimmed)) return undefined
  const number = Number(trimmed)
  return Number.isFinite(number) ? number : undefined
}
