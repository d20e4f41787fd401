import type { JpegProcess } from './jpeg-segments.ts'

const markerByte = 0xff
const stuffed = 0x00
const lastStuffedOfJpegLs = 0x7f
const firstRestart = 0xd0
const lastRestart = 0xd7

/**
 * Returns the offset of the marker that ends coded samples (T.81 B.1.1.5), or the length of the bytes if there is no
 * marker. JPEG-LS stuffs a bit after FF and not a byte (T.87 C.1), so all bytes below 80 may follow FF.
 */
export function skipScan(bytes: Uint8Array, start: number, process?: JpegProcess): number {
  const lastStuffed = process === 'jpeg-ls' ? lastStuffedOfJpegLs : stuffed
  let offset = bytes.indexOf(markerByte, start)
  while (offset !== -1 && isWithinScan(bytes[offset + 1], lastStuffed)) offset = bytes.indexOf(markerByte, offset + 1)
  return offset === -1 ? bytes.length : offset
}

/** True if a byte FF before this one belongs to the scan: as a sample, as fill, or as a restart marker. */
function isWithinScan(next: number | undefined, lastStuffed: number): boolean {
  if (next === undefined) return false
  return next <= lastStuffed || next === markerByte || (next >= firstRestart && next <= lastRestart)
}
