import createModule from '@cornerstonejs/codec-openjph'
import type { SampleFormat } from './samples.ts'

/** Options of the encoder. Default: lossless, five decompositions, RPCL, blocks of 64 x 64. */
export interface EncodeOptions {
  readonly decompositions?: number
  readonly progressionOrder?: number
  readonly blockSide?: number
  readonly tile?: { readonly width: number; readonly height: number }
  readonly quantizationStep?: number
  /** True to write each resolution as a separate tile-part, as in AHI. Default false. */
  readonly hasResolutionParts?: boolean
  readonly hasTlm?: boolean
  /** Default: true for three components or more. */
  readonly usesColorTransform?: boolean
}

const codec = await createModule({ print: () => undefined, printErr: () => undefined })

/** Encodes a frame with the encoder of codec-openjph. */
export function encodeFrame(
  samples: Uint8Array,
  format: SampleFormat,
  options: EncodeOptions = {},
): Uint8Array<ArrayBuffer> {
  const { usesColorTransform = format.components > 2, quantizationStep } = options
  const encoder = new codec.HTJ2KEncoder()
  const frame = { ...format, componentCount: format.components, isUsingColorTransform: usesColorTransform }
  const input = usesColorTransform || format.components === 1 ? samples : scrambleRows(samples, format)
  encoder.getDecodedBuffer(frame).set(input)
  encoder.setQuality(quantizationStep === undefined, quantizationStep ?? 0)
  encoder.setDecompositions(options.decompositions ?? 5)
  encoder.setProgressionOrder(options.progressionOrder ?? 2)
  encoder.setBlockDimensions({ width: options.blockSide ?? 64, height: options.blockSide ?? 64 })
  encoder.setTLMMarker(options.hasTlm ?? true)
  encoder.setTilePartDivisionsAtResolutions(options.hasResolutionParts ?? false)
  if (options.tile !== undefined) encoder.setTileSize(options.tile)
  encoder.encode()
  const codeStream = new Uint8Array(encoder.getEncodedBuffer())
  encoder.delete()
  return codeStream
}

/**
 * Rearranges the samples for the encoder. Without colour transform it reads its line k (component k / height, row k %
 * height) from row k / components, slot k % components. The tests check the result with OpenJPEG.
 */
function scrambleRows(samples: Uint8Array, { width, height, components, bitsPerSample }: SampleFormat): Uint8Array {
  const bytes = bitsPerSample > 8 ? 2 : 1
  const scrambled = new Uint8Array(samples.byteLength)
  for (let line = 0; line < components * height; line += 1) {
    const from = ((line % height) * width * components + Math.floor(line / height)) * bytes
    const to = (Math.floor(line / components) * width * components + (line % components)) * bytes
    for (let column = 0; column < width; column += 1) {
      const offset = column * components * bytes
      scrambled.set(samples.subarray(from + offset, from + offset + bytes), to + offset)
    }
  }
  return scrambled
}
