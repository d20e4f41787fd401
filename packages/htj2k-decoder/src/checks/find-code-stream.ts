import { boxedCodeStream, isBoxed } from '../headers/boxes.ts'
import { CodeStreamError } from '../errors.ts'

/**
 * Returns the code stream of a boxed file (.jp2, .jph), or the bytes themselves if they are not boxed. The other boxes
 * (colour spaces, palettes) are ignored, because in DICOM the data set decides about colours (PS3.5 8.2.4).
 *
 * @throws {CodeStreamError} if the boxes end early
 */
export function findCodeStream(bytes: Uint8Array): Uint8Array {
  if (!isBoxed(bytes)) return bytes
  const codeStream = boxedCodeStream(bytes)
  if (codeStream !== undefined) return codeStream
  const why = 'it is boxed (.jp2, .jph) but has no complete code stream box; fetch it again'
  throw new CodeStreamError('CODE_STREAM_TRUNCATED', { byteLength: bytes.byteLength, why })
}
