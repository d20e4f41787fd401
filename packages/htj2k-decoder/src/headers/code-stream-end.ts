import { withoutBoxes } from './boxes.ts'
import { skipScan } from './jpeg-scan.ts'
import { isJpeg, processOf, skipFill } from './jpeg-segments.ts'
import { markerSegmentAt } from './marker-segment.ts'
import { jpegMarkers, markers } from './markers.ts'
import type { JpegProcess } from './jpeg-segments.ts'

/** The end of a code stream: its EOC or EOI marker and the bytes after it. */
export interface CodeStreamEnd {
  /** True if the marker is missing. Then samples may be missing too. */
  readonly isMissing: boolean
  /** Number of bytes after the marker. 0 if they are only padding, which is 00 and FF. */
  readonly strayByteLength: number
}

const markerLength = 2
/** Length of SOT with its fields (T.800 A.4.2). */
const tilePartHeaderLength = 12
const partLengthOffset = 6

/**
 * Finds the end of a JPEG 2000, HTJ2K, JPEG or JPEG-LS image, raw or in boxes, without decoding it. Returns `undefined`
 * for other bytes, or if damage hides the end.
 *
 * @example
 * import { readCodeStreamEnd } from '@ahi-dicom/htj2k-decoder/headers'
 *
 * const end = readCodeStreamEnd(codeStream)
 * console.log(end?.isMissing, end?.strayByteLength) // false 0
 */
export function readCodeStreamEnd(bytes: Uint8Array): CodeStreamEnd | undefined {
  const codeStream = withoutBoxes(bytes)
  const view = new DataView(codeStream.buffer, codeStream.byteOffset, codeStream.byteLength)
  const marker = isJpeg(codeStream) ? findEoi(codeStream, view) : findEoc(view)
  if (marker === undefined) return undefined
  const isMissing = marker + markerLength > codeStream.length || !isEnd(view.getUint16(marker))
  const rest = codeStream.subarray(isMissing ? marker : marker + markerLength)
  return { isMissing, strayByteLength: isPadding(rest) ? 0 : rest.length }
}

/** True if bytes are only padding, as encoders, archives and even-length fragments add. */
function isPadding(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x00 || byte === 0xff)
}

/**
 * Returns the offset of the EOC marker in or after coded samples. Returns `undefined` if there is no marker. In coded
 * samples, no byte above 8F follows FF (T.800 annexes B.10.1, C and D; T.814 7.1).
 */
export function findEocFrom({ buffer, byteOffset, byteLength }: DataView, start: number): number | undefined {
  const codeStream = new Uint8Array(buffer, byteOffset, byteLength)
  const [first, second] = [markers.EOC >> 8, markers.EOC & 0xff]
  let offset = codeStream.indexOf(first, start)
  while (offset !== -1 && codeStream[offset + 1] !== second) offset = codeStream.indexOf(first, offset + 1)
  return offset === -1 ? undefined : offset
}

function isEnd(marker: number): boolean {
  return marker === markers.EOC || marker === jpegMarkers.EOI
}

/** Returns the offset after the last tile-part, where EOC belongs. */
function findEoc(view: DataView): number | undefined {
  if (view.byteLength < markerLength || view.getUint16(0) !== markers.SOC) return undefined
  let offset = markerLength
  for (;;) {
    const segment = markerSegmentAt(view, offset)
    if (segment === undefined || segment.marker === markers.EOC)
      return segment?.start ?? endWithoutSegment(view, offset)
    if (segment.marker !== markers.SOT) {
      offset = segment.end
      continue
    }
    const length =
      offset + tilePartHeaderLength > view.byteLength ? undefined : view.getUint32(offset + partLengthOffset)
    if (length === undefined || (length !== 0 && length < tilePartHeaderLength)) return undefined
    offset = length === 0 ? (findEocFrom(view, segment.end) ?? view.byteLength) : offset + length
    if (offset > view.byteLength) return view.byteLength
  }
}

/** Returns the offset if EOC or only padding follows. EOC has no length field, so it is not read as a segment. */
function endWithoutSegment(view: DataView, offset: number): number | undefined {
  const rest = new Uint8Array(view.buffer, view.byteOffset + offset, view.byteLength - offset)
  const isEoc = rest.length >= markerLength && view.getUint16(offset) === markers.EOC
  return isEoc || isPadding(rest) ? offset : undefined
}

/** Returns the offset of EOI, or the length of the bytes if it is missing. */
function findEoi(bytes: Uint8Array, view: DataView): number | undefined {
  let offset = skipFill(view, markerLength)
  let process: JpegProcess | undefined
  while (offset + markerLength <= bytes.length && view.getUint16(offset) !== jpegMarkers.EOI) {
    const segment = markerSegmentAt(view, offset)
    if (segment === undefined) return undefined
    process ??= processOf(segment.marker)
    const end = segment.marker === jpegMarkers.SOS ? skipScan(bytes, segment.end, process) : segment.end
    offset = skipFill(view, end)
  }
  return Math.min(offset, bytes.length)
}
