import { createRequire } from 'node:module'
import { encodeFrame, type FrameToEncode } from './frame-encoding.ts'
import { createKeptCodec, encodeWith, type CodecFactory, type WasmEncoder } from './wasm-encoder.ts'

interface OpenJpeg {
  readonly J2KEncoder: new () => WasmEncoder
}

/** Component, position, resolution, layer (T.800 B.12.1.5). The packets of a component are consecutive. */
const cprlOrder = 4
const usualDecompositions = 5

const require = createRequire(import.meta.url)
/** Loads the WebAssembly build. The package's default build is JavaScript and several times slower. */
const useCodec = createKeptCodec((): CodecFactory<OpenJpeg> => require('@cornerstonejs/codec-openjpeg/wasmjs'))

/**
 * Encodes a frame as JPEG 2000 lossless (1.2.840.10008.1.2.4.90). Does not verify the result; see
 * `encode-losslessly.ts`.
 * @throws {UnstorableFrameError} if the codec fails
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

/**
 * Returns the number of wavelet decompositions, at most as often as the sides of a frame can be halved: the codec
 * refuses more.
 */
export function jpeg2000Decompositions({ width, height }: Pick<FrameToEncode, 'width' | 'height'>): number {
  return Math.min(usualDecompositions, Math.floor(Math.log2(Math.min(width, height))))
}
