import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runPython } from '../interop/comparison.ts'

/** pydicom's description of a file. */
export interface FileDescription {
  /** Name of the SOP class, or nothing. */
  readonly object: string
  readonly transferSyntaxUid: string
}

/** Describes files by their paths; files that are not DICOM are left out. */
export async function describeFiles(
  paths: readonly string[],
  folder: string,
): Promise<ReadonlyMap<string, FileDescription>> {
  const list = join(folder, 'described.txt')
  await writeFile(list, paths.join('\n'))
  const found = await runPython('../fidelity/describe.py', [list])
  if (typeof found !== 'object' || found === null) throw new TypeError('describe.py prints an object')
  return new Map(Object.entries(found).filter((entry): entry is [string, FileDescription] => isDescription(entry[1])))
}

function isDescription(value: unknown): value is FileDescription {
  if (typeof value !== 'object' || value === null || !('object' in value) || !('transferSyntaxUid' in value))
    return false
  return typeof value.object === 'string' && typeof value.transferSyntaxUid === 'string'
}
