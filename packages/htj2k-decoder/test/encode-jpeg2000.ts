import createModule from '@cornerstonejs/codec-openjpeg/wasmjs'
import type { SampleFormat } from './samples.ts'

/** Options of the encoder. Default: lossless, five decompositions. */
export interface EncodeJpeg2000Options {
  readonly decompositions?: number
  /** Compression ratio of the code stream to its samples, with the 9/7 wavelet. */
  readonly ratio?: number
}

const codec = await createModule({ print: () => undefined, printErr: () => undefined })

/**
 * Encodes gray or 8-bit colour samples as JPEG 2000 Part 1, with the encoder of codec-openjpeg, which supports no
 * others.
 */
export function encodeJpeg2000(
  samples: Uint8Array,
  format: SampleFormat,
  { decompositions = 5, ratio }: EncodeJpeg2000Options = {},
): Uint8Array<ArrayBuffer> {
  const encoder = new codec.J2KEncoder()
  encoder.getDecodedBuffer({ ...format, componentCount: format.components }).set(samples)
  encoder.setDecompositions(decompositions)
  encoder.setQuality(ratio === undefined, 1)
  encoder.setCompressionRatio(0, ratio ?? 0)
  encoder.encode()
  const codeStream = new Uint8Array(encoder.getEncodedBuffer())
  encoder.delete()
  return codeStream
}
