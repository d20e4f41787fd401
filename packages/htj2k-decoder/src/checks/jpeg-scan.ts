const markerByte = 0xff
const stuffed = 0x00
const firstRestart = 0xd0
const lastRestart = 0xd7

/** The offset of the marker that ends coded samples (T.81 B.1.1.5), or of the end where none does. */
export function skipScan(bytes: Uint8Array, start: number): number {
  let offset = bytes.indexOf(markerByte, start)
  while (offset !== -1 && isWithinScan(bytes[offset + 1])) offset = bytes.indexOf(markerByte, offset + 1)
  return offset === -1 ? bytes.length : offset
}

/** Whether a byte FF with this one behind it belongs to coded samples: it is one of them, fill, or a restart. */
function isWithinScan(next: number | undefined): boolean {
  return next === stuffed || next === markerByte || (next !== undefined && next >= firstRestart && next <= lastRestart)
}
