import { tags } from '@ahi-dicom/dicom-standard'
import {
  evenLength,
  itemHeader,
  longElementHeader,
  sequenceDelimiter,
  undefinedLength,
} from '@ahi-dicom/dicom-standard/part10'

/** Length of the header of a fragment or of the Basic Offset Table (PS3.5 A.4). */
const itemHeaderLength = 8
const greatestBasicOffset = 0xffffffff
const padding = new Uint8Array(1)
const pixelDataHeader = longElementHeader(tags.pixelData, 'OB', undefinedLength)

/**
 * Returns an encapsulated Pixel Data element up to its first fragment: its header and the Basic Offset Table. If 32
 * bits are too few for the offsets, the Basic Offset Table is empty and two elements before Pixel Data hold the
 * Extended Offset Table and its lengths (PS3.3 C.7.6.3.1.8).
 *
 * @param frameLengths bytes of each frame; empty if they are unknown, which leaves the table empty
 */
export function encapsulatedPixelDataStart(frameLengths: readonly number[]): readonly Uint8Array[] {
  const padded = frameLengths.map(evenLength)
  const offsets = offsetsOf(padded)
  if ((offsets.at(-1) ?? 0) <= greatestBasicOffset) return [pixelDataHeader, basicOffsetTable(offsets)]
  return [
    veryLongElement(tags.extendedOffsetTable, offsets),
    veryLongElement(tags.extendedOffsetTableLengths, padded),
    pixelDataHeader,
    basicOffsetTable([]),
  ]
}

/** Returns the bytes that frames take as one fragment each. */
export function fragmentsLength(frameLengths: readonly number[]): number {
  return frameLengths.reduce((sum, length) => sum + itemHeaderLength + evenLength(length), 0)
}

/** Returns a frame as one fragment of even length. */
export function fragment(frame: Uint8Array): readonly Uint8Array[] {
  const header = itemHeader(evenLength(frame.length))
  return frame.length % 2 === 0 ? [header, frame] : [header, frame, padding]
}

/** Returns a whole encapsulated Pixel Data element in parts. */
export function encapsulatedPixelData(frames: readonly Uint8Array[]): readonly Uint8Array[] {
  return [
    ...encapsulatedPixelDataStart(frames.map((frame) => frame.length)),
    ...frames.flatMap((frame) => fragment(frame)),
    sequenceDelimiter,
  ]
}

/** Returns the offset of each frame from the first byte after the Basic Offset Table. */
function offsetsOf(paddedLengths: readonly number[]): readonly number[] {
  let offset = 0
  return paddedLengths.map((length) => {
    const start = offset
    offset += itemHeaderLength + length
    return start
  })
}

function basicOffsetTable(offsets: readonly number[]): Uint8Array<ArrayBuffer> {
  const table = new Uint8Array(itemHeaderLength + 4 * offsets.length)
  table.set(itemHeader(4 * offsets.length))
  const view = new DataView(table.buffer)
  for (const [index, offset] of offsets.entries()) view.setUint32(itemHeaderLength + 4 * index, offset, true)
  return table
}

/** Returns an element of VR OV in Explicit VR Little Endian. */
function veryLongElement(tag: number, values: readonly number[]): Uint8Array<ArrayBuffer> {
  const element = new Uint8Array(12 + 8 * values.length)
  element.set(longElementHeader(tag, 'OV', 8 * values.length))
  const view = new DataView(element.buffer)
  for (const [index, value] of values.entries()) view.setBigUint64(12 + 8 * index, BigInt(value), true)
  return element
}
