import { tags } from '@ahi-dicom/dicom-standard'
import { plainText, unsignedShort } from '@ahi-dicom/dicom-standard/reader'
import type { FrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
import type { OpenQuestion, Place } from '../attributes/findings.ts'
import type { NormalisationId } from '../normalisations.ts'
import type { PixelComparison } from '../pixels/compare-pixels.ts'

/** What the pixels show about differences in their description. */
export interface PixelEvidence {
  readonly pixels: PixelComparison
  /** Header of the first frame of the original. */
  readonly header: FrameHeader | undefined
}

const lossyTags: readonly number[] = [
  tags.lossyImageCompression,
  tags.lossyImageCompressionRatio,
  tags.lossyImageCompressionMethod,
]
const colourTerms: ReadonlySet<string> = new Set(['RGB', 'YBR_FULL', 'YBR_FULL_422', 'YBR_RCT', 'YBR_ICT'])

/** Returns why an export describes its pixels in another way, if the pixels are the same. */
export function explainByPixels(
  { place, difference }: OpenQuestion,
  { pixels, header }: PixelEvidence,
): NormalisationId | undefined {
  if (!['as encoded', 'equal', 'within tolerance'].includes(pixels.outcome)) return undefined
  if (difference.difference === 'vr') return undefined
  const { tag } = place
  if (lossyTags.includes(tag)) return isLossy(header) && place.output !== undefined ? 'lossy' : undefined
  if (tag === tags.photometricInterpretation && pixels.hasSameColours === true && areColours(place))
    return 'photometric'
  if (tag === tags.planarConfiguration) return unsignedShort(place.output) === 0 ? 'planar' : undefined
  return header !== undefined && describes(header, place) ? 'pixel-description' : undefined
}

function isLossy(header: FrameHeader | undefined): boolean {
  return header !== undefined && header.kind !== 'jpeg-xl' && header.isLossy
}

function areColours({ original, output }: Place): boolean {
  return colourTerms.has(plainText(original)) && colourTerms.has(plainText(output))
}

/** Whether an output says of its pixels what the code streams of the original say, and the original did not. */
function describes(header: FrameHeader, { tag, output }: Place): boolean {
  if (header.kind === 'jpeg-xl' || output === undefined) return false
  const { width, height, components, bitsPerSample, isSigned } = header
  if (tag === tags.photometricInterpretation) return colourTerms.has(plainText(output)) === (components === 3)
  const expected = new Map<number, number>([
    [tags.rows, height],
    [tags.columns, width],
    [tags.samplesPerPixel, components],
    [tags.bitsAllocated, bitsPerSample <= 8 ? 8 : 16],
    [tags.bitsStored, bitsPerSample],
    [tags.highBit, bitsPerSample - 1],
    [tags.pixelRepresentation, isSigned ? 1 : 0],
  ])
  return expected.has(tag) && unsignedShort(output) === expected.get(tag)
}
