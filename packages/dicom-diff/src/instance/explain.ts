import { tags } from '@ahi-dicom/dicom-standard'
import { plainText, unsignedShort } from '@ahi-dicom/dicom-standard/reader'
import type { FrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
import type { OpenQuestion, Place } from '../attributes/findings.ts'
import type { NormalisationId } from '../normalisations.ts'
import type { PixelComparison } from '../pixels/compare-pixels.ts'

/** Evidence of the pixels about differences in their description. */
export interface PixelEvidence {
  readonly pixels: PixelComparison
  /** Header of the first frame of the original. */
  readonly header: FrameHeader | undefined
  /** Header of the first frame of the export. Absent if its pixels are not encapsulated. */
  readonly outputHeader: FrameHeader | undefined
  readonly isOutputEncapsulated: boolean
}

const lossyTags: readonly number[] = [
  tags.lossyImageCompression,
  tags.lossyImageCompressionRatio,
  tags.lossyImageCompressionMethod,
]
const colourTerms: ReadonlySet<string> = new Set(['RGB', 'YBR_FULL', 'YBR_FULL_422', 'YBR_RCT', 'YBR_ICT'])

/** Returns the normalisation that explains another description of the same pixels. */
export function explainByPixels(
  { place, difference }: OpenQuestion,
  evidence: PixelEvidence,
): NormalisationId | undefined {
  const { pixels, header } = evidence
  if (!['as encoded', 'equal', 'within tolerance'].includes(pixels.outcome)) return undefined
  if (difference.difference === 'vr') return undefined
  const { tag } = place
  if (lossyTags.includes(tag)) return isLossy(header) && isDeclared(place) ? 'lossy' : undefined
  if (tag === tags.photometricInterpretation && areColoursOf(place, evidence)) return 'photometric'
  if (tag === tags.planarConfiguration) return unsignedShort(place.output) === 0 ? 'planar' : undefined
  return header !== undefined && describes(header, place) ? 'pixel-description' : undefined
}

/**
 * Returns true if an export declares a loss that its original does not declare. Values of the original must stay
 * unchanged.
 */
function isDeclared({ tag, original, output }: Place): boolean {
  if (tag === tags.lossyImageCompression) return plainText(output) === '01'
  return output !== undefined && plainText(original) === ''
}

function isLossy(header: FrameHeader | undefined): boolean {
  return header !== undefined && header.kind !== 'jpeg-xl' && header.isLossy
}

/** Returns true if both name the same kind of colours, and the export names the colours of the pixels that it has. */
function areColoursOf({ original, output }: Place, evidence: PixelEvidence): boolean {
  const [stated, written] = [plainText(original), plainText(output)]
  if (evidence.pixels.hasSameColours !== true || !colourTerms.has(stated) || !colourTerms.has(written)) return false
  return writtenColours(stated, evidence)?.includes(written) ?? true
}

/**
 * Returns the allowed names of an export's colours (PS3.5 8.2.4): samples are RGB or YBR_FULL, and JPEG 2000 names its
 * transform. YBR_FULL that was encoded with a transform is decoded to YBR_FULL. Returns `undefined` if the code stream
 * does not say.
 */
function writtenColours(
  stated: string,
  { outputHeader, isOutputEncapsulated }: PixelEvidence,
): readonly string[] | undefined {
  if (!isOutputEncapsulated) return ['RGB', 'YBR_FULL']
  if (outputHeader?.kind !== 'jpeg2000' && outputHeader?.kind !== 'htj2k') return undefined
  const { colourTransform } = outputHeader
  if (colourTransform === 'none') return ['RGB', 'YBR_FULL']
  return [
    colourTransform === 'reversible' ? 'YBR_RCT' : 'YBR_ICT',
    ...(stated.startsWith('YBR_FULL') ? ['YBR_FULL'] : []),
  ]
}

/** Returns true if an export describes its pixels as the code streams of the original do, and the original did not. */
function describes(header: FrameHeader, { tag, original, output }: Place): boolean {
  if (header.kind === 'jpeg-xl' || output === undefined) return false
  const { width, height, components, bitsPerSample, isSigned } = header
  if (tag === tags.photometricInterpretation) {
    const [wasRight, isRight] = [original, output].map((one) => colourTerms.has(plainText(one)) === (components === 3))
    return wasRight === false && isRight === true
  }
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
