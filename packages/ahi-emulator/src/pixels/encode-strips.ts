import { joinTileParts, splitTileParts, withHeights, type TilePart } from './code-stream-parts.ts'
import type { FrameToEncode } from './frame-encoding.ts'

/** Encodes a frame, or a strip of one, as one tile. */
type EncodeTile = (frame: FrameToEncode) => Promise<Uint8Array<ArrayBuffer>>

/** Larger frames are encoded in several tiles, so that they can be decoded tile by tile. */
const largestTile = 8 * 1024 * 1024

/**
 * Encodes a frame as one tile or, if it is large, with one tile per strip of rows. The strip height is a power of two
 * that divides evenly down to the lowest resolution, which `code-stream-strips.ts` requires.
 */
export async function encodeInStrips(
  frame: FrameToEncode,
  { encode, decompositions }: { readonly encode: EncodeTile; readonly decompositions: (size: FrameToEncode) => number },
): Promise<Uint8Array<ArrayBuffer>> {
  const levels = decompositions(frame)
  const tileHeight = stripHeight(frame, levels)
  if (tileHeight === undefined) return encode(frame)
  const parts: TilePart[] = []
  let mainHeader: Uint8Array<ArrayBuffer> | undefined
  for (let row = 0, tile = 0; row < frame.height; row += tileHeight, tile += 1) {
    const split = splitTileParts(await encode({ ...stripOf(frame, row, tileHeight), decompositions: levels }))
    mainHeader ??= withHeights(split.mainHeader, { height: frame.height, tileHeight })
    for (const [part, body] of split.bodies.entries()) {
      parts.push({ tile, part, partCount: split.bodies.length, body })
    }
  }
  return Uint8Array.from(Buffer.concat(joinTileParts(mainHeader ?? new Uint8Array(0), parts)))
}

/** Returns the height of the strips, or `undefined` if the frame should be one tile. */
function stripHeight({ pixels, height }: FrameToEncode, decompositions: number): number | undefined {
  if (pixels.byteLength <= largestTile) return undefined
  const rowByteLength = pixels.byteLength / height
  const fitting = 2 ** Math.floor(Math.log2(Math.max(1, largestTile / rowByteLength)))
  const tileHeight = Math.max(fitting, 2 ** decompositions)
  // The last strip may be lower, but must have at least one row in every resolution.
  const last = height % tileHeight || tileHeight
  return tileHeight < height && last >= 2 ** decompositions ? tileHeight : undefined
}

function stripOf(frame: FrameToEncode, row: number, tileHeight: number): FrameToEncode {
  const rowByteLength = frame.pixels.byteLength / frame.height
  const height = Math.min(tileHeight, frame.height - row)
  return { ...frame, height, pixels: frame.pixels.subarray(row * rowByteLength, (row + height) * rowByteLength) }
}
