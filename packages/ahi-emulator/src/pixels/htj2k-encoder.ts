import { createRequire } from 'node:module'
import { encodeFrame, type FrameToEncode } from './frame-encoding.ts'
import { createKeptCodec, encodeWith, type CodecFactory, type WasmEncoder } from './wasm-encoder.ts'

interface OpenJph {
  readonly HTJ2KEncoder: new () => HTJ2KEncoder
}

interface HTJ2KEncoder extends WasmEncoder {
  setBlockDimensions(size: { readonly width: number; readonly height: number }): void
  setTLMMarker(isWritten: boolean): void
  setTilePartDivisionsAtResolutions(isDivided: boolean): void
}

/** Resolution, position, component, layer (T.800 B.12.1.3), as transfer syntax .202 requires. */
const rpclOrder = 2
const blockSize = { width: 64, height: 64 }
/** The number in AHI's own frames. Large frames get more. */
const usualDecompositions = 5
/** The base resolution of .202 has at most 64 rows or columns (PS3.5 10.18). */
const largestBaseSide = 64

const require = createRequire(import.meta.url)
const useCodec = createKeptCodec((): CodecFactory<OpenJph> => require('@cornerstonejs/codec-openjph'))

/**
 * Encodes a frame as HTJ2K lossless RPCL (1.2.840.10008.1.2.4.202), with TLM markers, a tile-part for each resolution
 * and 64 x 64 blocks. Does not verify the result; see `encode-losslessly.ts`.
 * @throws {UnstorableFrameError} if the codec fails
 */
export async function encodeHtj2k(frame: FrameToEncode): Promise<Uint8Array<ArrayBuffer>> {
  return useCodec(({ HTJ2KEncoder }) =>
    encodeFrame(frame, (one) =>
      encodeWith(new HTJ2KEncoder(), one, (encoder) => {
        encoder.setProgressionOrder(rpclOrder)
        encoder.setBlockDimensions(blockSize)
        encoder.setTLMMarker(true)
        encoder.setTilePartDivisionsAtResolutions(true)
        encoder.setDecompositions(one.decompositions ?? htj2kDecompositions(one))
      }),
    ),
  )
}

/** Returns the number of wavelet decompositions, which halve the sides of a frame. */
export function htj2kDecompositions({ width, height }: Pick<FrameToEncode, 'width' | 'height'>): number {
  const needed = Math.ceil(Math.log2(Math.min(width, height) / largestBaseSide))
  return Math.max(needed, usualDecompositions)
}
