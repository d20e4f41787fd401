import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createId } from './identifiers.ts'

const uploadsFolder = 'uploads'

/** Names a new file for the body of a request, which whoever asks for it removes. */
export async function newUpload(dataFolder: string): Promise<string> {
  const folder = join(dataFolder, uploadsFolder)
  await mkdir(folder, { recursive: true })
  return join(folder, createId())
}

/** Removes what requests left that a process was killed at. */
export async function removeUploads(dataFolder: string): Promise<void> {
  await rm(join(dataFolder, uploadsFolder), { recursive: true, force: true })
}
