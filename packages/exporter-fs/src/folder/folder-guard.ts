import { OutputError } from '@ahi-dicom/export-files'
import type { FileCalls } from '../file/file-calls.ts'
import { linkError } from '../file/plain-file.ts'

/**
 * Rejects paths that leave the destination, and links in it, which may lead out of it. The destination itself may be a link.
 */
export interface FolderGuard {
  /**
   * Checks that no folder above a file is a link, unless the folder was checked within the last second. It is checked again
   * because a folder may become a link while an export runs.
   *
   * @throws {OutputError} OUTPUT_LINK if one of them is a link
   */
  check(path: string): Promise<void> | undefined
  /**
   * Checks all folders above a file now.
   *
   * @throws {OutputError} OUTPUT_LINK if one of them is a link
   */
  look(path: string): Promise<void>
}

/** Time after which a folder is checked again. A check costs about a tenth of writing a small file. */
const recheckMs = 1000

/** Most folders to remember. Few are enough, because files arrive folder by folder. */
const maxFolders = 1024

/** Returns the guard of a folder. Paths are relative to it, with forward slashes. */
export function createFolderGuard(directory: string, { kindOf }: Pick<FileCalls, 'kindOf'>): FolderGuard {
  /** Time when each folder was last found to be no link. */
  const lookedAt = new Map<string, number>()

  async function look(path: string): Promise<void> {
    requireInside(path)
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      const folder = path.slice(0, end)
      const kind = await kindOf(`${directory}/${folder}`)
      if (kind === 'link') throw linkError(`${directory}/${folder}`)
      // If the folder does not exist, there is nothing below it to check.
      if (kind !== 'folder') return
      if (lookedAt.size >= maxFolders) lookedAt.clear()
      lookedAt.set(folder, performance.now())
    }
  }

  return {
    look,
    check(path) {
      const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')))
      const at = lookedAt.get(folder)
      return at !== undefined && performance.now() - at < recheckMs ? undefined : look(path)
    },
  }
}

function requireInside(path: string): void {
  if (!/^[\\/]|^[a-z]:|(?:^|[\\/])\.\.(?:[\\/]|$)/iu.test(path)) return
  throw new OutputError('OUTPUT_FAILED', `Cannot use "${path}": it is outside of the destination`, { path })
}
