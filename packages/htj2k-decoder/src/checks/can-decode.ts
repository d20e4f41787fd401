import { greatestPrecision } from './image-size.ts'
import { decodedProcesses, isDecodedPrecision } from './jpeg.ts'
import type { FrameHeader } from '../headers/frame-header.ts'
import type { JpegProcess } from '../headers/jpeg-segments.ts'

/** The known properties of a code stream: its whole header, or only the kind that a file format names. */
export interface KnownCoding {
  readonly kind: FrameHeader['kind']
  /** JPEG process. */
  readonly process?: JpegProcess
  readonly components?: number
  readonly bitsPerSample?: number
}

/**
 * Returns true if this package decodes code streams with these properties. Missing properties count as decodable. A
 * single code stream may still be damaged or use a rare option that the decoder refuses.
 *
 * @example
 * import { canDecode } from '@ahi-dicom/htj2k-decoder'
 * import { readFrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
 *
 * const header = readFrameHeader(codeStream)
 * console.log(header !== undefined && canDecode(header)) // true
 */
export function canDecode({ kind, process = 'baseline', components = 1, bitsPerSample = 8 }: KnownCoding): boolean {
  if (kind === 'jpeg-xl' || bitsPerSample > greatestPrecision) return false
  if (kind === 'htj2k') return true
  if (components !== 1 && components !== 3) return false
  return kind === 'jpeg2000' || (decodedProcesses.has(process) && isDecodedPrecision(process, bitsPerSample))
}
