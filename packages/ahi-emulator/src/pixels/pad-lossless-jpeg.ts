const endOfImage = Buffer.of(0xff, 0xd9)

/**
 * Puts zeros before the end of a lossless JPEG image, behind its last sample. The decoder at hand
 * (jpeg-lossless-decoder-js 2.1) reads a few bits ahead of the last pixel of colour, and gives 0 for it where they are
 * missing.
 */
export function padLosslessJpeg(frame: Uint8Array): Uint8Array {
  const bytes = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength)
  const end = bytes.lastIndexOf(endOfImage)
  return end < 0 ? frame : Buffer.concat([bytes.subarray(0, end), Buffer.alloc(8), endOfImage])
}
