import { OutputError } from '@ahi-dicom/export-files'
import type { FileCalls } from '../file/file-calls.ts'
import { linkError } from '../file/plain-file.ts'

/** Keeps paths in a destination, whose folders may be links that lead out of it. The destination itself may be one. */
export interface FolderGuard {
  /**
   * Looks at the folders above a file, at each once a second: a folder may become a link while an export runs.
   *
   * @throws {OutputError} OUTPUT_LINK if one of them is a link
   */
  check(path: string): Promise<void> | undefined
  /** Looks at all folders above a file now. */
  look(path: string): Promise<void>
}

/** A look costs about as much as a tenth of writing a small file. */
const lookAgainMs = 1000

/** Folders that are remembered. Files come folder by folder. */
const mostFolders = 1024

/** Makes the guard of a folder. Paths are relative to it, with forward slashes. */
export function createFolderGuard(directory: string, { kindOf }: Pick<FileCalls, 'kindOf'>): FolderGuard {
  /** When each folder was found to be none that leads elsewhere. */
  const lookedAt = new Map<string, number>()

  async function look(path: string): Promise<void> {
    requireInside(path)
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      const folder = path.slice(0, end)
      const kind = await kindOf(`${directory}/${folder}`)
      if (kind === 'link') throw linkError(`${directory}/${folder}`)
      // What is not there has nothing below it.
      if (kind !== 'folder') return
      if (lookedAt.size >= mostFolders) lookedAt.clear()
      lookedAt.set(folder, performance.now())
    }
  }

  return {
    look,
    check(path) {
      const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')))
      const at = lookedAt.get(folder)
      return at !== undefined && performance.now() - at < lookAgainMs ? undefined : look(path)
    },
  }
}

function requireInside(path: string): void {
  if (!/^[\\/]|^[a-z]:|(?:^|[\\/])\.\.(?:[\\/]|$)/iu.test(path)) return
  throw new OutputError('OUTPUT_FAILED', `Cannot use "${path}": it lies outside of the destination`, { path })
}
