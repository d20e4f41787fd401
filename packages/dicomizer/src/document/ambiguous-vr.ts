import type { JsonValue } from '@ahi-dicom/ahi-metadata'

import { tags } from '@ahi-dicom/dicom-standard'

/** Gives the first value of an attribute of the element's own data set or of the nearest one around it that has it. */
export type NumberLookUp = (tag: number) => number | undefined

/**
 * Decides a VR that PS3.6 leaves open, by the rules of PS3.5 A.2 and of the attribute in PS3.3, for Explicit VR:
 *
 * - `US or SS`: by PixelRepresentation, US where there is none.
 * - `US or OW` (LUTData) and `US or SS or OW`: the standard lets the writer choose; base64 in the document means that it
 *   was OW, numbers that it was US (or SS).
 * - `OB or OW`: waveform elements by WaveformBitsAllocated (PS3.3 C.10.9.1), Pixel Data of an icon by BitsAllocated, all
 *   others (overlays, curves) OW.
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
