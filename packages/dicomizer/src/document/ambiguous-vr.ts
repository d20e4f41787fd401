import type { JsonValue } from '@ahi-dicom/ahi-metadata'

import { tags } from '@ahi-dicom/dicom-standard'

/**
 * Returns the first value of an attribute, from the element's data set or from the nearest enclosing one that has it.
 */
export type NumberLookUp = (tag: number) => number | undefined

/**
 * Returns the VR of an element whose VR PS3.6 leaves open, by the rules of PS3.5 A.2 and PS3.3 for Explicit VR:
 *
 * - `US or SS`: by PixelRepresentation. US if it is missing.
 * - `US or OW` (LUTData) and `US or SS or OW`: the standard leaves the choice to the writer. Base64 in the document
 *   means that the value was OW, numbers mean US or SS.
 * - `OB or OW`: by WaveformBitsAllocated for waveforms (PS3.3 C.10.9.1), by BitsAllocated for Pixel Data of an icon,
 *   and OW for all others (overlays, curves).
 */
export function resolveAmbiguousVr(
  element: { readonly tag: number; readonly vr: string; readonly value: JsonValue },
  lookUp: NumberLookUp,
): string {
  switch (element.vr) {
    case 'US or SS':
      return signedOrNot(lookUp)
    case 'US or OW':
      return isNumeric(element.value) ? 'US' : 'OW'
    case 'US or SS or OW':
      return isNumeric(element.value) ? signedOrNot(lookUp) : 'OW'
    default:
      return byteOrWord(element.tag, lookUp)
  }
}

function signedOrNot(lookUp: NumberLookUp): string {
  return lookUp(tags.pixelRepresentation) === 1 ? 'SS' : 'US'
}

function isNumeric(value: JsonValue): boolean {
  const first = Array.isArray(value) ? value[0] : value
  return typeof first === 'number'
}

function byteOrWord(tag: number, lookUp: NumberLookUp): string {
  if (tag === tags.pixelData) return (lookUp(tags.bitsAllocated) ?? 8) > 8 ? 'OW' : 'OB'
  if (tag >>> 16 === 0x5400) return (lookUp(tags.waveformBitsAllocated) ?? 16) > 8 ? 'OW' : 'OB'
  return 'OW'
}
