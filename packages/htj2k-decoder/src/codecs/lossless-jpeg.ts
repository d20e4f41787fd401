import { decodeLosslessJpeg } from '../lossless-jpeg/decode-lossless-jpeg.ts'
import { requireImage } from './codec.ts'
import type { Codec } from './codec.ts'

/** Creates the codec of lossless JPEG. It is code of this package and keeps no state between frames. */
export async function createLosslessJpeg(): Promise<Codec> {
  return {
    isSpent: false,
    decode({ codeStream, image }, read) {
      const decoded = decodeLosslessJpeg(codeStream)
      requireImage(decoded, image)
      return read(decoded.samples)
    },
  }
}
