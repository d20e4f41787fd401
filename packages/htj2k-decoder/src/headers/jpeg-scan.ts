const markerByte = 0xff
const stuffed = 0x00
const firstRestart = 0xd0
const lastRestart = 0xd7

/** Returns the offset of the marker that ends coded samples (T.81 B.1.1.5), or the length of the bytes. */
export function skipScan(bytes: Uint8Array, start: number): number {
  let offset = bytes.indexOf(markerByte, start)
  while (offset !== -1 && isWithinScan(bytes[offset + 1])) offset = bytes.indexOf(markerByte, offset + 1)
  return offset === -1 ? bytes.length : offset
}

/** Whether a byte FF before this one belongs to coded samples: as a sample, as fill, or as a restart marker. */
function isWithinScan(next: number | undefined): boolean {
  return next === stuffed || next === markerByte || (next !== undefined && next >= firstRestart && next <= lastRestart)
}
