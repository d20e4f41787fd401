import type { Part10Source } from './instance.ts'
import { writeAtomically } from './write-atomically.ts'
import type { FileDigest, WriteOptions } from './write-atomically.ts'

/**
 * Writes the Part 10 form of an instance to a file, whole or not at all; see {@link writeAtomically}.
 *
 * @example
 * for await (const instance of exporter.dicomizeImageSet({ datastoreId, imageSetId })) {
 *   await writePart10(instance, `${instance.sopInstanceUid}.dcm`)
 * }
 */
export function writePart10(instance: Part10Source, path: string, options: WriteOptions = {}): Promise<FileDigest> {
  const { signal } = options
  return writeAtomically(path, instance.part10({ signal }), { signal })
}
