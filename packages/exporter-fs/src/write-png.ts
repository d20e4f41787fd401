import { encodePng, type PictureSource, type PngOptions } from '@ahi-dicom/renderer'
import { writeAtomically } from './write-atomically.ts'
import type { FileDigest } from './write-atomically.ts'

/**
 * Writes one frame of an instance as PNG, whole or not at all. See `encodePng` of `@ahi-dicom/renderer` for the options.
 *
 * @throws {PictureError} if the instance does not have the frame
 * @throws {RenderError} if the frame makes no picture
 * @throws {OutputError} if the file cannot be written
 */
export async function writePng(instance: PictureSource, path: string, options: PngOptions = {}): Promise<FileDigest> {
  const { signal } = options
  return writeAtomically(path, [await encodePng(instance, options)], { signal })
}
