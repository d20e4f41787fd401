import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createId } from './identifiers.ts'

const uploadsFolder = 'uploads'

/** Returns the path of a new file for the body of a request. The caller removes the file. */
export async function newUpload(dataFolder: string): Promise<string> {
  const folder = join(dataFolder, uploadsFolder)
  await mkdir(folder, { recursive: true })
  return join(folder, createId())
}

/** Removes the request bodies that a killed process left behind. */
export async function removeUploads(dataFolder: string): Promise<void> {
  await rm(join(dataFolder, uploadsFolder), { recursive: true, force: true })
}
