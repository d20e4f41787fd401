import { withoutBoxes } from './boxes.ts'
import { readJpeg2000Header } from './jpeg-2000-header.ts'
import { readJpegHeader } from './jpeg-header.ts'
import type { Jpeg2000Header } from './jpeg-2000-header.ts'
import type { JpegHeader } from './jpeg-header.ts'

/** A JPEG XL image (ISO/IEC 18181-2). Only its signature is checked. */
export interface JpegXlHeader {
  readonly kind: 'jpeg-xl'
}

/** The header of an encoded frame. */
export type FrameHeader = Jpeg2000Header | JpegHeader | JpegXlHeader

const jpegXlCodeStream = [0xff, 0x0a]
const jpegXlBox = [0x00, 0x00, 0x00, 0x0c, 0x4a, 0x58, 0x4c, 0x20, 0x0d, 0x0a, 0x87, 0x0a]

/**
 * Recognises a JPEG 2000, HTJ2K, JPEG, JPEG-LS or JPEG XL image, raw or in boxes, and reads its header. Returns
 * `undefined` for all other bytes. Nothing is decoded or checked: the rest of the image may be damaged or missing.
 *
 * @example
 * import { readFrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
 *
 * const header = readFrameHeader(codeStream)
 * console.log(header?.kind) // htj2k
 */
export function readFrameHeader(bytes: Uint8Array): FrameHeader | undefined {
  const isJpegXl = [jpegXlCodeStream, jpegXlBox].some((start) => start.every((byte, index) => bytes[index] === byte))
  return isJpegXl ? { kind: 'jpeg-xl' } : (readJpegHeader(bytes) ?? readJpeg2000Header(withoutBoxes(bytes)))
}
