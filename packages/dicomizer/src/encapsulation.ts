/** Item header of a fragment or of the Basic Offset Table (PS3.5 A.4). */
const itemHeaderLength = 8
const sequenceDelimiter = Uint8Array.of(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0)
const one = new Uint8Array(1)

/** The header of an encapsulated Pixel Data element and its Basic Offset Table, empty where the frames' sizes are unknown. */
export function encapsulatedPixelDataHeader(frameLengths: readonly number[]): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(12 + itemHeaderLength + 4 * frameLengths.length)
  const view = new DataView(header.buffer)
  header.set([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff])
  header.set(itemHeader(4 * frameLengths.length), 12)
  let frameOffset = 0
  for (const [index, length] of frameLengths.entries()) {
    view.setUint32(12 + itemHeaderLength + 4 * index, frameOffset, true)
    frameOffset += itemHeaderLength + length + (length % 2)
  }
  return header
}

/** One frame as one fragment of even length. */
export function fragment(frame: Uint8Array): readonly Uint8Array[] {
  const header = itemHeader(frame.length + (frame.length % 2))
  return frame.length % 2 === 0 ? [header, frame] : [header, frame, one]
}

/** Ends the fragments. */
export function endOfFragments(): Uint8Array {
  return sequenceDelimiter
}

/** A whole encapsulated Pixel Data element in parts. */
export function encapsulatedPixelData(frames: readonly Uint8Array[]): readonly Uint8Array[] {
  return [
    encapsulatedPixelDataHeader(frames.map((frame) => frame.length)),
    ...frames.flatMap((frame) => fragment(frame)),
    endOfFragments(),
  ]
}

function itemHeader(length: number): Uint8Array<ArrayBuffer> {
  const header = Uint8Array.of(0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0)
  new DataView(header.buffer).setUint32(4, length, true)
  return header
}
