import { statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { FreeSpace } from '@ahi-dicom/export-files'
import { errnoOf } from '../file/file-system-error.ts'

/** Most bytes to assume for a block. Network file systems report the size of their requests instead, often a megabyte. */
const usualBlock = 4096

/** Returns the free space for files in a folder. If the folder does not exist, uses its nearest existing parent. */
export async function freeSpace(directory: string): Promise<FreeSpace> {
  for (let folder = resolve(directory); ; folder = dirname(folder)) {
    try {
      const { bavail, bsize, files, ffree } = await statfs(folder)
      // File systems without a fixed number of files report 0 files (btrfs), which means that no limit is known.
      const room = files === 0 ? undefined : ffree
      return { byteLength: bavail * bsize, files: room, blockByteLength: Math.min(bsize, usualBlock) }
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error
    }
  }
}
