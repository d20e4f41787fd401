import { createRequire } from 'node:module'
import { encodeFrame, type FrameToEncode } from './frame-encoding.ts'
import { createKeptCodec } from './kept-codec.ts'

/** The part of codec-openjpeg 1.3 that encoding uses; the package has no types. */
interface OpenJpeg {
  readonly J2KEncoder: new () => J2KEncoder
}

interface J2KEncoder {
  getDecodedBuffer(frameInfo: FrameInfo): Uint8Array
  setDecompositions(count: number): void
  setProgressionOrder(order: number): void
  setQuality(isLossless: boolean, compressionRatio: number): void
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
}

type OpenJpegFactory = (options: { print(line: string): void; printErr(line: string): void }) => Promise<OpenJpeg>

/** Component, position, resolution, layer (T.800 B.12.1.5): the packets of a component stand together. */
const cprlOrder = 4
const usualDecompositions = 5

const require = createRequire(import.meta.url)
const useCodec = createKeptCodec(loadCodec)

/**
 * Encodes a frame losslessly as JPEG 2000: transfer syntax 1.2.840.10008.1.2.4.90. It does not check the result; see
 * `encode-losslessly.ts`.
 * @throws {UnstorableFrameError} where the codec gives up
 */
export async function encodeJpeg2000(frame: FrameToEncode): Promise<Uint8Array<ArrayBuffer>> {
  return useCodec((codec) => encodeFrame(frame, (one) => encodeWith(codec, one)))
}

/** The plain build of the package is the same codec as JavaScript, several times slower. */
function loadCodec(): Promise<OpenJpeg> {
  const createOpenJpeg: OpenJpegFactory = require('@cornerstonejs/codec-openjpeg/wasmjs')
  return createOpenJpeg({ print: () => undefined, printErr: () => undefined })
}

function encodeWith(codec: OpenJpeg, frame: FrameToEncode): Uint8Array<ArrayBuffer> {
  const { width, height, bitsPerSample, components: componentCount, isSigned } = frame
  const encoder = new codec.J2KEncoder()
  try {
    encoder.getDecodedBuffer({ width, height, bitsPerSample, componentCount, isSigned }).set(frame.pixels)
    encoder.setQuality(true, 0)
    encoder.setProgressionOrder(cprlOrder)
    encoder.setDecompositions(frame.decompositions ?? jpeg2000Decompositions(frame))
    encoder.encode()
    return Uint8Array.from(encoder.getEncodedBuffer())
  } finally {
    encoder.delete()
  }
}

/** Returns how often the sides of a frame are halved. The codec refuses more than they can be. */
export function jpeg2000Decompositions({ width, height }: Pick<FrameToEncode, 'width' | 'height'>): number {
  return Math.min(usualDecompositions, Math.floor(Math.log2(Math.min(width, height))))
}
