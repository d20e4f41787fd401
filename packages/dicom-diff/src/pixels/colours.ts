import { decodedPhotometric } from '@ahi-dicom/dicomizer'
import type { FrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
import type { FrameSource } from './frame-source.ts'
import type { SampleValues } from './samples.ts'

/** Returns the Photometric Interpretation of decoded samples. */
export function decodedColours({ image, header }: FrameSource): string | undefined {
  return decodedPhotometric(image.photometricInterpretation, { header: transforming(header), isAsImported: true })
}

/** Returns true if samples are luminance and chrominance at full resolution. */
export function isYbr(colours: string | undefined): boolean {
  return colours === 'YBR_FULL'
}

/** Converts YBR_FULL to RGB (PS3.3 C.7.6.3.1.2). */
export function toRgb(values: SampleValues, bits: number): SampleValues {
  const greatest = 2 ** bits - 1
  const middle = 2 ** (bits - 1)
  const rgb = new Uint16Array(values.length)
  for (let index = 0; index + 2 < values.length; index += 3) {
    const luma = values[index] ?? 0
    const blue = (values[index + 1] ?? 0) - middle
    const red = (values[index + 2] ?? 0) - middle
    rgb[index] = clamp(luma + 1.402 * red, greatest)
    rgb[index + 1] = clamp(luma - 0.344136 * blue - 0.714136 * red, greatest)
    rgb[index + 2] = clamp(luma + 1.772 * blue, greatest)
  }
  return rgb
}

function clamp(value: number, greatest: number): number {
  return Math.min(greatest, Math.max(0, Math.round(value)))
}

/** Returns the header, except for lossless JPEG: its samples are not transformed, whatever its colour markers say. */
function transforming(header: FrameHeader | undefined): FrameHeader | undefined {
  return header?.kind === 'jpeg' && !header.isLossy ? undefined : header
}
