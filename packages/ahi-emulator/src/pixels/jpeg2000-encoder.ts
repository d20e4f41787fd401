import { createRequire } from 'node:module'
import { encodeFrame, type FrameToEncode } from './frame-encoding.ts'
import { createKeptCodec, encodeWith, type CodecFactory, type WasmEncoder } from './wasm-encoder.ts'

interface OpenJpeg {
  readonly J2KEncoder: new () => WasmEncoder
}

/** Component, position, resolution, layer (T.800 B.12.1.5): the packets of a component stand together. */
const cprlOrder = 4
const usualDecompositions = 5

const require = createRequire(import.meta.url)
/** The plain build of the package is the same codec as JavaScript, several times slower. */
const useCodec = createKeptCodec((): CodecFactory<OpenJpeg> => require('@cornerstonejs/codec-openjpeg/wasmjs'))

/**
 * Encodes a frame losslessly as JPEG 2000: transfer syntax 1.2.840.10008.1.2.4.90. It does not check the result; see
 * `encode-losslessly.ts`.
 * @throws {UnstorableFrameError} where the codec gives up
 */
export async function encodeJpeg2000(frame: FrameToEncode): Promise<Uint8Array<ArrayBuffer>> {
  return useCodec(({ J2KEncoder }) =>
    encodeFrame(frame, (one) =>
      encodeWith(new J2KEncoder(), one, (encoder) => {
        encoder.setProgressionOrder(cprlOrder)
        encoder.setDecompositions(one.decompositions ?? jpeg2000Decompositions(one))
      }),
    ),
  )
}

/** Returns how often the sides of a frame are halved. The codec refuses more than they can be. */
export function jpeg2000Decompositions({ width, height }: Pick<FrameToEncode, 'width' | 'height'>): number {
  return Math.min(usualDecompositions, Math.floor(Math.log2(Math.min(width, height))))
}
