import { setImmediate } from 'node:timers/promises'
import { endOfCodeStream, splitTileParts, tilePartHeader, withHeights } from './code-stream-parts.ts'
import type { FrameToEncode } from './frame-encoding.ts'
import { encodeJpeg2000, jpeg2000Decompositions } from './jpeg2000-encoder.ts'

/** Rows of a frame to encode. */
type StripToEncode = Omit<FrameToEncode, 'decompositions'>

/** A frame to encode, as strips. All strips but the last have the same height. */
export interface StripsToEncode {
  readonly height: number
  readonly stripHeights: readonly number[]
  readonly strips: AsyncIterable<StripToEncode>
}

/**
 * Encodes a frame as JPEG 2000 lossless with one tile per strip. Holds one strip in memory at a time, and yields the
 * code stream in pieces. The strip height must be a power of two, which `code-stream-strips.ts` requires.
 */
export async function* encodeJpeg2000Strips(frame: StripsToEncode): AsyncGenerator<Uint8Array> {
  const { height, stripHeights } = frame
  const [tileHeight = height] = stripHeights
  let tile = 0
  for await (const strip of frame.strips) {
    const { width } = strip
    const decompositions = Math.min(...stripHeights.map((one) => jpeg2000Decompositions({ width, height: one })))
    const { mainHeader, bodies } = splitTileParts(await encodeJpeg2000({ ...strip, decompositions }))
    if (tile === 0) yield withHeights(mainHeader, { height, tileHeight })
    for (const [part, body] of bodies.entries()) {
      yield tilePartHeader({ tile, part, partCount: bodies.length, bodyLength: body.byteLength })
      yield body
    }
    tile += 1
    await setImmediate()
  }
  yield endOfCodeStream
}
