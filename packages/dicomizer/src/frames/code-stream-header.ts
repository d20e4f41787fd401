import { withoutBoxes } from './code-stream-boxes.ts'
import { readJpeg2000Header, type Jpeg2000Header } from './jpeg-2000-header.ts'
import { readJpegHeader, type JpegHeader } from './jpeg-header.ts'

/** JPEG XL, of which nothing but its signature is read (ISO/IEC 18181-2). */
interface JpegXlHeader {
  readonly kind: 'jpeg-xl'
}

/** What the bytes of a frame say of themselves. */
export type CodeStreamHeader = Jpeg2000Header | JpegHeader | JpegXlHeader

const jpegXlBox = [0x00, 0x00, 0x00, 0x0c, 0x4a, 0x58, 0x4c, 0x20, 0x0d, 0x0a, 0x87, 0x0a]

/**
 * Recognises a JPEG 2000, HTJ2K, JPEG, JPEG-LS or JPEG XL image, raw or in boxes, and reads its header; undefined for
 * everything else. Nothing is decoded.
 */
export function readCodeStreamHeader(frame: Uint8Array<ArrayBuffer>): CodeStreamHeader | undefined {
  if (frame[0] === 0xff && frame[1] === 0x0a) return { kind: 'jpeg-xl' }
  if (jpegXlBox.every((byte, index) => frame[index] === byte)) return { kind: 'jpeg-xl' }
  return readJpegHeader(frame) ?? readJpeg2000Header(withoutBoxes(frame))
}
