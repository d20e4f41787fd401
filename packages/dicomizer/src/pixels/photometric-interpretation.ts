import type { FrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
import type { DataSet } from '../data-set/data-set.ts'
import { textOf, withValue } from './pixel-module.ts'
import { tags } from '@ahi-dicom/dicom-standard'

/** PhotometricInterpretations of an encoding, with the ones that decoded pixels have. */
const decodedPhotometrics: ReadonlyMap<string, string> = new Map([
  ['YBR_RCT', 'RGB'],
  ['YBR_ICT', 'RGB'],
  ['YBR_FULL_422', 'YBR_FULL'],
  ['XYB', 'RGB'],
])
const transformedPhotometrics = { none: 'RGB', reversible: 'YBR_RCT', irreversible: 'YBR_ICT' } as const
const rgbPhotometrics: ReadonlySet<string> = new Set(['RGB', 'YBR_RCT', 'YBR_ICT', 'XYB'])

const transformNames: ReadonlySet<string> = new Set(['YBR_RCT', 'YBR_ICT'])

/** A code stream and its origin. */
export interface ColourCoding {
  /** Undefined if the bytes are not recognised or not read yet. */
  readonly header: FrameHeader | undefined
  /** True if the code stream is from the imported file, as are the attributes. False if AHI made it. */
  readonly isAsImported: boolean
}

/**
 * Returns the PhotometricInterpretation of decoded pixels. The transforms of JPEG 2000 and JPEG XL are undone, and
 * chroma is at full resolution. The components of a JPEG image are those that its header states, if it states any.
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
 * Returns the PhotometricInterpretation of encapsulated pixels (PS3.5 8.2). For JPEG 2000 and HTJ2K it follows from the
 * transform that the code stream applied to RGB, for JPEG from the components in the header. Other colour spaces in
 * JPEG 2000 are kept, because a decoder that undoes the transform restores them.
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
 * Returns whether the samples were transformed before they were coded. This is so if the attributes name a transform of
 * JPEG 2000, but the code stream (COD) has no transform for a decoder to undo. Code streams of AHI do not count: AHI
 * undoes the transform, but keeps the attributes of the imported file.
 */
function hasTransformedSamples(stated: string | undefined, { header, isAsImported }: ColourCoding): boolean {
  if (header?.kind !== 'jpeg2000' && header?.kind !== 'htj2k') return false
  const isUntransformed = header.components === 3 && header.colourTransform === 'none'
  return isAsImported && isUntransformed && transformNames.has(stated ?? '')
}

/** Returns whether two terms mean different colours, and not different encodings of the same colours. */
export function meansOtherColours(stated: string | undefined, actual: string | undefined): boolean {
  return rgbPhotometrics.has(stated ?? '') !== rgbPhotometrics.has(actual ?? '')
}

/** Returns the PhotometricInterpretation of a data set. */
export function photometricOf(dataSet: DataSet): string | undefined {
  return textOf(dataSet, tags.photometricInterpretation)
}

/** Returns a data set with this PhotometricInterpretation. */
export function withPhotometric(dataSet: DataSet, photometric: string | undefined): DataSet {
  if (photometric === undefined) return dataSet
  return withValue(dataSet, { tag: tags.photometricInterpretation, vr: 'CS', value: photometric })
}
