import type { FileDigest } from '@ahi-dicom/export-files'
import { encodePng } from '@ahi-dicom/renderer'
import type { PictureSource, PngOptions } from '@ahi-dicom/renderer'
import { writeAtomically } from './write-atomically.ts'

/**
 * Writes one frame of an instance to a PNG file, whole or not at all; see `encodePng` of the renderer and
 * {@link writeAtomically}. Returns size and SHA-256 of the file.
 *
 * @throws {PictureError} if the instance does not have the frame
 * @throws {RenderError} if the pixels cannot be rendered with the attributes of the instance
 * @throws {OutputError} if the file system fails
 * @example
 * import { writePng } from '@ahi-dicom/exporter-fs'
 *
 * await writePng(instance, 'slice.png', { frame: 0, window: { center: 40, width: 400 } })
 */
export async function writePng(source: PictureSource, path: string, options: PngOptions = {}): Promise<FileDigest> {
  return writeAtomically(path, [await encodePng(source, options)], { signal: options.signal })
}
