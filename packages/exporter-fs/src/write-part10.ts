import type { DicomInstance } from '@ahi-dicom/dicomizer'
import type { FileDigest, WriteFileOptions } from '@ahi-dicom/export-files'
import { writeAtomically } from './write-atomically.ts'

/**
 * Writes an instance to a DICOM file (PS3.10), whole or not at all; see {@link writeAtomically}. Returns size and SHA-256 of
 * the file.
 *
 * @throws {OutputError} if the file system fails
 *
 * @example
 * import { writePart10 } from '@ahi-dicom/exporter-fs'
 *
 * for await (const instance of exporter.dicomizeImageSet({ datastoreId, imageSetId })) {
 *   await writePart10(instance, `${instance.sopInstanceUid}.dcm`)
 * }
 */
export function writePart10(
  instance: Pick<DicomInstance, 'part10'>,
  path: string,
  { signal }: WriteFileOptions = {},
): Promise<FileDigest> {
  return writeAtomically(path, instance.part10({ signal }), { signal })
}
