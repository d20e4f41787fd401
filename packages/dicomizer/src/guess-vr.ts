import type { JsonValue } from '@ahi-dicom/ahi-metadata'

import { decodeBase64 } from './base64.ts'

/**
 * A VR for a private or unknown element to which the document gives none, so that its value is kept: items are a
 * sequence, base64 is UN as AHI writes unknown bytes, numbers take the narrowest VR that holds them, text is UT.
 */
export function guessVr(value: JsonValue): string {
  const values = Array.isArray(value) ? value : [value]
  if (values.some((item) => typeof item === 'object' && item !== null && !Array.isArray(item))) return 'SQ'
  if (values.some((item) => typeof item === 'number' || typeof item === 'bigint')) return numberVr(values)
  if (typeof value === 'string' && decodeBase64(value) === undefined) return 'UT'
  return values.every((item) => item === null) || typeof value === 'string' ? 'UN' : 'UC'
}

function numberVr(values: readonly JsonValue[]): string {
  const numbers = values.filter((item) => typeof item === 'number' || typeof item === 'bigint')
  if (!numbers.every((item) => typeof item === 'bigint' || Number.isInteger(item))) return 'FD'
  const least = numbers.reduce((a, b) => (b < a ? b : a))
  const greatest = numbers.reduce((a, b) => (b > a ? b : a))
  if (least >= -(2 ** 31) && greatest < 2 ** 31) return 'SL'
  if (least >= 0) return greatest < 2 ** 32 ? 'UL' : 'UV'
  return 'SV'
}
