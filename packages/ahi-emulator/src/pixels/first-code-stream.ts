import { decodedPhotometric, isOfSyntax } from '@ahi-dicom/dicomizer'
import { readFrameHeader, type FrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
import type { ImagePixel } from './image-pixel.ts'

/** Differences between the first code stream of an instance and its data set. */
export interface FirstCodeStream {
  /**
   * PhotometricInterpretation of the decoded samples, or `undefined` if the data set's value gives the same colours.
   */
  readonly photometricInterpretation: string | undefined
  readonly warnings: readonly string[]
}

/**
 * Compares the first frame that has bytes with the transfer syntax and the photometric interpretation of the data set.
 */
export function readFirstCodeStream(
  frames: readonly Uint8Array[],
  { photometricInterpretation: stated }: ImagePixel,
  transferSyntaxUid: string,
): FirstCodeStream {
  const first = frames.find(({ byteLength }) => byteLength > 0)
  const header = first === undefined ? undefined : readFrameHeader(first)
  if (header === undefined) return { photometricInterpretation: undefined, warnings: [] }
  const photometricInterpretation = otherColours(header, stated)
  return {
    photometricInterpretation,
    warnings: [
      ...(isOfSyntax(header, transferSyntaxUid) ? [] : [otherSyntax(header, transferSyntaxUid)]),
      ...(photometricInterpretation === undefined
        ? []
        : [`the frames are coded as ${photometricInterpretation}, but PhotometricInterpretation is ${stated}`]),
    ],
  }
}

/**
 * Returns the actual photometric interpretation if it differs from the data set's. Colour markers of lossless JPEG are
 * ignored, because its samples are not transformed.
 */
function otherColours(header: FrameHeader, stated: string): string | undefined {
  if (header.kind === 'jpeg-xl' || (header.kind === 'jpeg' && !header.isLossy)) return undefined
  const actual = decodedPhotometric(stated, { header, isAsImported: true })
  return actual === decodedPhotometric(stated, { header: undefined, isAsImported: false }) ? undefined : actual
}

function otherSyntax(header: FrameHeader, transferSyntaxUid: string): string {
  const name = header.kind === 'jpeg' ? `JPEG (${header.process})` : header.kind
  return `the frames are ${name}, which transfer syntax ${transferSyntaxUid} does not allow; they are decoded by their actual format`
}
