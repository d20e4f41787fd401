import type { FrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
import type { DataSet } from '../data-set/data-set.ts'
import { textOf, withValue } from './pixel-module.ts'
import { tags } from '@ahi-dicom/dicom-standard'

/** What decoded pixels are, where the attributes speak of the encoding they came in. */
const decodedPhotometrics: ReadonlyMap<string, string> = new Map([
  ['YBR_RCT', 'RGB'],
  ['YBR_ICT', 'RGB'],
  ['YBR_FULL_422', 'YBR_FULL'],
  ['XYB', 'RGB'],
])
const transformedPhotometrics = { none: 'RGB', reversible: 'YBR_RCT', irreversible: 'YBR_ICT' } as const
const rgbPhotometrics: ReadonlySet<string> = new Set(['RGB', 'YBR_RCT', 'YBR_ICT', 'XYB'])

const transformNames: ReadonlySet<string> = new Set(['YBR_RCT', 'YBR_ICT'])

/** A code stream, and where it comes from. */
export interface ColourCoding {
  /** Undefined if its bytes are not recognised, or not there yet. */
  readonly header: FrameHeader | undefined
  /** Whether it is the code stream of the imported file, which the attributes describe, and not one that AHI made. */
  readonly isAsImported: boolean
}

/**
 * Returns the PhotometricInterpretation of decoded pixels: the transforms of JPEG 2000 and JPEG XL are undone, chroma is
 * at full resolution, and the components of a JPEG image are what it says of them, where it says anything.
 *
 * @example
 * import { decodedPhotometric } from '@ahi-dicom/dicomizer'
 * import { readFrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
 *
 * const coding = { header: readFrameHeader(codeStream), isAsImported: false }
 * console.log(decodedPhotometric('MONOCHROME2', coding)) // MONOCHROME2
 */
export function decodedPhotometric(stated: string | undefined, coding: ColourCoding): string | undefined {
  const { header } = coding
  if (header?.kind !== 'jpeg') {
    return hasTransformedSamples(stated, coding) ? 'YBR_FULL' : (decodedPhotometrics.get(stated ?? '') ?? stated)
  }
  if (header.components !== 3 || stated === undefined) return stated
  if (header.colour !== undefined) return header.colour === 'RGB' ? 'RGB' : 'YBR_FULL'
  return stated.startsWith('YBR') ? 'YBR_FULL' : stated
}

/**
 * Returns the PhotometricInterpretation of encapsulated pixels (PS3.5 8.2): the transform that a JPEG 2000 or HTJ2K code
 * stream applied to RGB, and what the components of a JPEG image are. Other colour spaces in JPEG 2000 are left alone: a
 * decoder that undoes the transform gets them back.
 *
 * @example
 * import { storedPhotometric } from '@ahi-dicom/dicomizer'
 * import { readFrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
 *
 * const coding = { header: readFrameHeader(codeStream), isAsImported: false }
 * console.log(storedPhotometric('MONOCHROME2', coding)) // MONOCHROME2
 */
export function storedPhotometric(stated: string | undefined, coding: ColourCoding): string | undefined {
  const { header } = coding
  if (header === undefined || header.kind === 'jpeg-xl' || header.components !== 3 || stated === undefined)
    return stated
  if (header.kind !== 'jpeg') {
    if (hasTransformedSamples(stated, coding)) return 'YBR_FULL'
    if (rgbPhotometrics.has(stated)) return transformedPhotometrics[header.colourTransform]
    return decodedPhotometrics.get(stated) ?? stated
  }
  if (header.colour === 'RGB') return 'RGB'
  const isYcbcr = header.colour === 'YCbCr' || transformNames.has(stated)
  if (!isYcbcr || stated === 'YBR_FULL' || stated === 'YBR_FULL_422') return stated
  return header.isSubsampled ? 'YBR_FULL_422' : 'YBR_FULL'
}

/**
 * Whether the samples of a code stream were transformed before they were coded: the attributes name the transform of
 * JPEG 2000, and the code stream (COD) has none that a decoder would undo. If AHI made the code stream, it undid the
 * transform, and the attributes still speak of the imported one.
 */
function hasTransformedSamples(stated: string | undefined, { header, isAsImported }: ColourCoding): boolean {
  if (header?.kind !== 'jpeg2000' && header?.kind !== 'htj2k') return false
  const isUntransformed = header.components === 3 && header.colourTransform === 'none'
  return isAsImported && isUntransformed && transformNames.has(stated ?? '')
}

/** Whether two terms name colours of different meaning, and not the same colours encoded in another way. */
export function meansOtherColours(stated: string | undefined, actual: string | undefined): boolean {
  return rgbPhotometrics.has(stated ?? '') !== rgbPhotometrics.has(actual ?? '')
}

/** PhotometricInterpretation of a data set. */
export function photometricOf(dataSet: DataSet): string | undefined {
  return textOf(dataSet, tags.photometricInterpretation)
}

/** Sets PhotometricInterpretation. */
export function withPhotometric(dataSet: DataSet, photometric: string | undefined): DataSet {
  if (photometric === undefined) return dataSet
  return withValue(dataSet, { tag: tags.photometricInterpretation, vr: 'CS', value: photometric })
}
