import type { FrameSink } from './frame-splitter.ts'

/** Decoders do not accept longer frames: they have two gigabytes of pixels or more. */
const longestFrame = 2 ** 30

/**
 * A frame with an `ArrayBuffer` that it shares with nothing. `bytes` is `undefined` if the frame is too long for
 * memory.
 */
export interface GatheredFrame {
  readonly index: number
  readonly bytes: Uint8Array<ArrayBuffer> | undefined
}

/** Collects the bytes of the frames from index `from` on, and skips the frames before. */
export function createFrameGatherer(from: number, take: (frame: GatheredFrame) => void): FrameSink {
  let index = 0
  let pieces: Uint8Array[] = []
  let byteLength = 0
  return {
    bytes(piece) {
      if (index < from) return
      byteLength += piece.length
      if (byteLength > longestFrame) pieces = []
      else pieces.push(piece.slice())
    },
    end() {
      if (index >= from) take({ index, bytes: byteLength > longestFrame ? undefined : joined(pieces, byteLength) })
      index += 1
      pieces = []
      byteLength = 0
    },
  }
}

function joined(pieces: readonly Uint8Array[], byteLength: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(byteLength)
  let offset = 0
  for (const piece of pieces) {
    bytes.set(piece, offset)
    offset += piece.length
  }
  return bytes
}
