/**
 * Returns the number of frames that a value of NumberOfFrames (0028,0008) means. A missing, empty or zero value means
 * 1, as in other readers. Returns `undefined` if the value is not a number of frames. `value` is text, a number, or a
 * list, whose first item counts.
 *
 * @example
 * import { numberOfFrames } from '@ahi-dicom/dicom-standard'
 *
 * console.log(numberOfFrames('12')) // 12
 * console.log(numberOfFrames(undefined)) // 1
 * console.log(numberOfFrames('-1')) // undefined
 */
export function numberOfFrames(value: unknown): number | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value
  if (first === undefined || first === null) return 1
  if (typeof first !== 'string' && typeof first !== 'number') return undefined
  const text = String(first).trim()
  if (!/^\+?\d{0,12}$/.test(text)) return undefined
  return Number(text) || 1
}
