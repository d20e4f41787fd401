/** What the frame and scan headers of a JPEG or JPEG-LS image say (T.81 B.2, T.87 C.2). */
export interface JpegHeader {
  /** Bits of a sample. */
  readonly precision: number
  /** Components of the first scan: one where a colour image has a scan for each. */
  readonly scanComponents: number
}

const START_OF_SCAN = 0xda

/** Reads the headers before the first scan; `undefined` where the bytes are no JPEG image. */
export function readJpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  let precision: number | undefined
  let offset = 2
  while (offset + 4 <= bytes.byteLength && bytes[offset] === 0xff) {
    const marker = bytes[offset + 1] ?? 0
    if (marker === 0xff) {
      offset += 1
      continue
    }
    if (isStartOfFrame(marker)) precision = bytes[offset + 4]
    if (marker === START_OF_SCAN) {
      return precision === undefined ? undefined : { precision, scanComponents: bytes[offset + 4] ?? 0 }
    }
    offset += 2 + (((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0))
  }
  return undefined
}

/** SOF0 to SOF15, the markers in between for tables (DHT, JPG, DAC) apart, and SOF55 of JPEG-LS. */
function isStartOfFrame(marker: number): boolean {
  if (marker === 0xf7) return true
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
}
