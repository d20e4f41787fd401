import { createRequire } from 'node:module'
import { encodeFrame, type FrameToEncode } from './frame-encoding.ts'
import { createKeptCodec } from './kept-codec.ts'

/** The part of codec-openjph 2.4 that encoding uses; the package has no types. */
interface OpenJph {
  readonly HTJ2KEncoder: new () => HTJ2KEncoder
}

interface HTJ2KEncoder {
  getDecodedBuffer(frameInfo: FrameInfo): Uint8Array
  setDecompositions(count: number): void
  setProgressionOrder(order: number): void
  setBlockDimensions(size: { readonly width: number; readonly height: number }): void
  setQuality(isLossless: boolean, quantizationStep: number): void
  setTLMMarker(isWritten: boolean): void
  setTilePartDivisionsAtResolutions(isDivided: boolean): void
  encode(): void
  /** A view of the codec's memory, gone with the next call. */
  getEncodedBuffer(): Uint8Array
  delete(): void
}

interface FrameInfo {
  readonly width: number
  readonly height: number
  readonly bitsPerSample: number
  readonly componentCount: number
  readonly isSigned: boolean
  readonly isUsingColorTransform: boolean
}

type OpenJphFactory = (options: { print(line: string): void; printErr(line: string): void }) => Promise<OpenJph>

/** Resolution, position, component, layer (T.800 B.12.1.3): what transfer syntax .202 asks for. */
const rpclOrder = 2
const blockSize = { width: 64, height: 64 }
/** What AHI's own frames have; large frames get more. */
const usualDecompositions = 5
/** The base resolution of .202 has at most 64 rows or columns (PS3.5 10.18). */
const largestBaseSide = 64

const require = createRequire(import.meta.url)
const useCodec = createKeptCodec(loadCodec)

/**
 * Encodes a frame losslessly as HTJ2K with RPCL progression, TLM markers and 64 x 64 blocks: transfer syntax
 * 1.2.840.10008.1.2.4.202. It does not check the result; see `encode-losslessly.ts`.
 * @throws {UnstorableFrameError} where the codec gives up
 */
export async function encodeHtj2k(frame: FrameToEncode): Promise<Uint8Array<ArrayBuffer>> {
  return useCodec((codec) =>
    encodeFrame(frame, (one, { isOneOfMany }) => encodeWith(codec, one, { dividesResolutions: isOneOfMany })),
  )
}

function loadCodec(): Promise<OpenJph> {
  const createOpenJph: OpenJphFactory = require('@cornerstonejs/codec-openjph')
  return createOpenJph({ print: () => undefined, printErr: () => undefined })
}

function encodeWith(
  codec: OpenJph,
  frame: FrameToEncode,
  options: { readonly dividesResolutions: boolean },
): Uint8Array<ArrayBuffer> {
  const { width, height, bitsPerSample, isSigned } = frame
  const { components: componentCount, useColourTransform: isUsingColorTransform } = frame
  const encoder = new codec.HTJ2KEncoder()
  try {
    const frameInfo = { width, height, bitsPerSample, componentCount, isSigned, isUsingColorTransform }
    encoder.getDecodedBuffer(frameInfo).set(frame.pixels)
    encoder.setQuality(true, 0)
    encoder.setProgressionOrder(rpclOrder)
    encoder.setBlockDimensions(blockSize)
    encoder.setTLMMarker(true)
    encoder.setTilePartDivisionsAtResolutions(options.dividesResolutions)
    encoder.setDecompositions(frame.decompositions ?? htj2kDecompositions(frame))
    encoder.encode()
    return Uint8Array.from(encoder.getEncodedBuffer())
  } finally {
    encoder.delete()
  }
}

/** Returns how often the sides of a frame are halved. */
export function htj2kDecompositions({ width, height }: Pick<FrameToEncode, 'width' | 'height'>): number {
  const needed = Math.ceil(Math.log2(Math.min(width, height) / largestBaseSide))
  return Math.max(needed, usualDecompositions)
}
