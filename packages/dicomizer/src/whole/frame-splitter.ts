import type { FrameLayout } from './frame-layout.ts'
import type { Part10Events } from './walk.ts'

/** Takes frames one after the other, each in pieces. Bytes are views that hold only during the call. */
export interface FrameSink {
  bytes(piece: Uint8Array): void
  /** The frame is over; what comes next is of the next one. */
  end(): void
}

/** Finds the frames in Pixel Data. */
export interface FrameSplitter extends Pick<Part10Events, 'fragment' | 'pixels' | 'pixelDataEnd'> {
  /**
   * At the end of Pixel Data: whether the frames were as many as they should be and where an offset table said.
   * Otherwise what the sink got were none.
   */
  isConsistent(): boolean
  /** At the end of Pixel Data: how many frames were found, no more than there should be. */
  found(): number
}

/** Makes a splitter of Pixel Data of a layout. */
export function createFrameSplitter(layout: FrameLayout, sink: FrameSink): FrameSplitter {
  return layout.kind === 'native' ? nativeSplitter(layout, sink) : fragmentSplitter(layout.frames, sink)
}

/**
 * Native frames follow each other without gaps. One of a number of bits that fills no byte ends in the byte in which
 * the next begins (PS3.5 8.1.1): both get that byte.
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

/** Tables for more frames are passed over; frames of one fragment each do without. */
const longestOffsetTable = 1 << 22

/**
 * Encapsulated frames (PS3.5 A.4) are what the Basic Offset Table says, otherwise one fragment each; a single frame is
 * all fragments.
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
