/** A marker segment of JPEG or JPEG 2000: a marker, a length, and the content. */
export interface MarkerSegment {
  readonly marker: number
  /** Offset of the marker. */
  readonly start: number
  /** Offset of the first byte after the length field. */
  readonly content: number
  /** Offset of the first byte after the segment. */
  readonly end: number
}

/** Returns the marker segment at an offset. Returns `undefined` if no segment begins there and ends within `limit`. */
export function markerSegmentAt(
  bytes: DataView,
  start: number,
  limit: number = bytes.byteLength,
): MarkerSegment | undefined {
  if (start + 4 > limit) return undefined
  const marker = bytes.getUint16(start)
  const length = bytes.getUint16(start + 2)
  const end = start + 2 + length
  return marker < 0xff00 || length < 2 || end > limit ? undefined : { marker, start, content: start + 4, end }
}
