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

/** Resolution, position, component, layer (T.800 B.12.1.3): what transfer syntax .202 asks for. */
const rpclOrder = 2
const blockSize = { width: 64, height: 64 }
/** What AHI's own frames have; large frames get more. */
const usualDecompositions = 5
/** The base resolution of .202 has at most 64 rows or columns (PS3.5 10.18). */
const largestBaseSide = 64

const require = createRequire(import.meta.url)
const useCodec = createKeptCodec((): CodecFactory<OpenJph> => require('@cornerstonejs/codec-openjph'))

/**
 * Encodes a frame losslessly as HTJ2K with RPCL progression, TLM markers, a tile-part for each resolution and 64 x 64 blocks:
 * transfer syntax 1.2.840.10008.1.2.4.202. It does not check the result; see `encode-losslessly.ts`.
 * @throws {UnstorableFrameError} where the codec gives up
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

/** Returns how often the sides of a frame are halved. */
export function htj2kDecompositions({ width, height }: Pick<FrameToEncode, 'width' | 'height'>): number {
  const needed = Math.ceil(Math.log2(Math.min(width, height) / largestBaseSide))
  return Math.max(needed, usualDecompositions)
}
