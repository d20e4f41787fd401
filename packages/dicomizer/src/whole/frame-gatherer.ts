import type { FrameSink } from './frame-splitter.ts'

/** A longer frame is taken by no decoder: two gigabytes of pixels and more. */
const longestFrame = 2 ** 30

/** Bytes of one frame with an `ArrayBuffer` of their own, or `undefined` for one too long to be held. */
export interface GatheredFrame {
  readonly index: number
  readonly bytes: Uint8Array<ArrayBuffer> | undefined
}

/** Gathers the bytes of the frames from one on; those before it pass by. */
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
