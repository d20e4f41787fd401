import type { FileDigest } from '@ahi-dicom/export-files'
import { encodePng } from '@ahi-dicom/renderer'
import type { PictureSource, PngOptions } from '@ahi-dicom/renderer'
import { writeAtomically } from './write-atomically.ts'

/**
 * Writes one frame of an instance as PNG, whole or not at all; see `encodePng` of the renderer and {@link writeAtomically}.
 *
 * @throws {PictureError} if the instance does not have the frame
 * @throws {RenderError} if pixels and attributes do not make a picture
 * @throws {OutputError} for what the file system refuses
 * @example
 * import { writePng } from '@ahi-dicom/exporter-fs'
 *
 * await writePng(instance, 'slice.png', { frame: 0, window: { center: 40, width: 400 } })
 */
export async function writePng(source: PictureSource, path: string, options: PngOptions = {}): Promise<FileDigest> {
  return writeAtomically(path, [await encodePng(source, options)], { signal: options.signal })
}
