import { statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { FreeSpace } from '@ahi-dicom/export-files'
import { errnoOf } from '../file/file-system-error.ts'

/** Network file systems state the length of their requests instead, often a megabyte. */
const usualBlock = 4096

/** Returns the room for files in a folder, or in the nearest folder above it if it does not exist yet. */
export async function freeSpace(directory: string): Promise<FreeSpace> {
  for (let folder = resolve(directory); ; folder = dirname(folder)) {
    try {
      const { bavail, bsize, files, ffree } = await statfs(folder)
      // File systems that make room for files as they come say that there is none (btrfs), or do not tell.
      const room = files === 0 ? undefined : ffree
      return { byteLength: bavail * bsize, files: room, blockByteLength: Math.min(bsize, usualBlock) }
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error
    }
  }
}
