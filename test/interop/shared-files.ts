import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of real DICOM files beside the repository. They are read where they are, never copied. */
export const sharedDicom: string = fileURLToPath(new URL('../../../shared/dicom', import.meta.url))

/** Why tests that need the shared files cannot run here; `undefined` where they can. */
export function sharedFilesMissing(): string | undefined {
  return existsSync(sharedDicom) ? undefined : 'the folder of shared DICOM files is not beside this repository'
}

/** Every file below the shared folder, by its path relative to it, with forward slashes, in the order of code units. */
export function listSharedFiles(): string[] {
  return readdirSync(sharedDicom, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(sharedDicom, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
}
