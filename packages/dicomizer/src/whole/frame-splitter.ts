import type { FrameLayout } from './frame-layout.ts'
import type { Part10Events } from './walk.ts'

/** Receives frames one after the other, each in pieces. A piece is valid only during the call. */
export interface FrameSink {
  bytes(piece: Uint8Array): void
  /** Ends the frame. The next bytes belong to the next frame. */
  end(): void
}

/** Splits Pixel Data into frames. */
export interface FrameSplitter extends Pick<Part10Events, 'fragment' | 'pixels' | 'pixelDataEnd'> {
  /**
   * Call it at the end of Pixel Data. Returns whether the number of frames is right and the offset table matched. If
   * not, ignore the frames that the sink received.
   */
  isConsistent(): boolean
  /** Call it at the end of Pixel Data. Returns the number of frames that were found, at most the expected number. */
  found(): number
}

/** Returns a splitter for Pixel Data with this layout. */
export function createFrameSplitter(layout: FrameLayout, sink: FrameSink): FrameSplitter {
  return layout.kind === 'native' ? nativeSplitter(layout, sink) : fragmentSplitter(layout.frames, sink)
}

/**
 * Splits native frames, which follow each other without gaps. If a frame ends inside a byte, the next one begins in
 * that byte (PS3.5 8.1.1), and both frames get it.
 */
function nativeSplitter(
  { frames, bitsPerFrame }: FrameLayout & { readonly kind: 'native' },
  sink: FrameSink,
): FrameSplitter {
  let position = 0
  let ended = 0
  return {
    fragment() {},
    pixels(bytes) {
      let offset = 0
      while (ended < frames) {
        const end = Math.ceil(((ended + 1) * bitsPerFrame) / 8)
        const taken = Math.min(bytes.length - offset, end - position)
        sink.bytes(bytes.subarray(offset, offset + taken))
        offset += taken
        position += taken
        if (position < end) return
        sink.end()
        ended += 1
        const isShared = (ended * bitsPerFrame) % 8 !== 0 && ended < frames
        if (isShared) sink.bytes(bytes.subarray(offset - 1, offset))
      }
    },
    pixelDataEnd() {},
    isConsistent: () => ended === frames,
    found: () => ended,
  }
}

/** Longer offset tables are skipped. They are not needed if each frame is one fragment. */
const longestOffsetTable = 1 << 22

/**
 * Splits encapsulated frames (PS3.5 A.4). Frames begin where the Basic Offset Table says. Without a table each fragment
 * is a frame, and a single frame is all fragments.
 */
function fragmentSplitter(frames: number, sink: FrameSink): FrameSplitter {
  let table: DataView | undefined
  let tableReceived = 0
  let inTable = false
  let begun = 0
  let isOpen = false
  let isBroken = false

  function beginsFrame(offset: number): boolean {
    if (frames === 1) return begun === 0
    if (table === undefined) return true
    return begun < frames && table.getUint32(4 * begun, true) === offset
  }

  function end(): void {
    if (isOpen) sink.end()
    isOpen = false
  }

  return {
    fragment(byteLength, offset) {
      inTable = offset === undefined
      if (offset === undefined) {
        const isUsed = frames > 1 && byteLength === 4 * frames && byteLength <= longestOffsetTable
        table = isUsed ? new DataView(new ArrayBuffer(byteLength)) : undefined
        tableReceived = 0
      } else if (beginsFrame(offset)) {
        end()
        begun += 1
        isOpen = begun <= frames
      } else if (!isOpen) isBroken = true
    },
    pixels(bytes) {
      if (isOpen) sink.bytes(bytes)
      if (!inTable || table === undefined) return
      new Uint8Array(table.buffer).set(bytes, tableReceived)
      tableReceived += bytes.length
    },
    pixelDataEnd: end,
    isConsistent: () => begun === frames && !isBroken,
    found: () => Math.min(begun, frames),
  }
}
