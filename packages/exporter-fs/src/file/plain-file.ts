import { constants } from 'node:fs'
import type { Stats } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { OutputError } from '@ahi-dicom/export-files'
import { errnoOf } from './file-system-error.ts'
import { lstatIfThere } from './lstat-if-there.ts'

/** Flags to open neither links nor wait for the other end of a pipe. On Windows they are 0: it has no pipes in folders. */
export const plainFlags: number = constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * Opens a file without following links. If the flags create the file, it gets the permissions `mode`.
 *
 * @throws {OutputError} OUTPUT_LINK for a link; OUTPUT_NOT_A_FILE for a folder, a pipe or a device
 */
export async function openPlainFile(path: string, flags: number, mode?: number): Promise<FileHandle> {
  if (plainFlags === 0) await sizeOfPlainFile(path)
  const handle = await openWithoutFollowing(path, flags, mode)
  try {
    requirePlainFile(path, await handle.stat())
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

/**
 * Returns the size of a file in bytes, or undefined if nothing exists at the path.
 *
 * @throws {OutputError} OUTPUT_LINK for a link; OUTPUT_NOT_A_FILE for a folder, a pipe or a device
 */
export async function sizeOfPlainFile(path: string): Promise<number | undefined> {
  const found = await lstatIfThere(path)
  if (found !== undefined) requirePlainFile(path, found)
  return found?.size
}

/** Returns the error for a link in a destination. */
export function linkError(path: string): OutputError {
  const message =
    `Cannot use "${path}": it is a link, which may lead out of the destination; ` +
    'remove it, or choose the folder that it leads to as the destination'
  return new OutputError('OUTPUT_LINK', message, { path })
}

async function openWithoutFollowing(path: string, flags: number, mode: number | undefined): Promise<FileHandle> {
  try {
    return await open(path, flags | plainFlags, mode)
  } catch (error) {
    const errno = errnoOf(error) ?? ''
    if (errno === 'ELOOP' || errno === 'EMLINK') throw linkError(path)
    if (errno === 'ENXIO' || errno === 'EISDIR') throw notAFile(path)
    throw error
  }
}

function requirePlainFile(path: string, found: Stats): void {
  if (found.isSymbolicLink()) throw linkError(path)
  if (!found.isFile()) throw notAFile(path)
}

/** Returns the error for an entry that is not a file. */
export function notAFile(path: string): OutputError {
  const message = `Cannot use "${path}": it has to be a file, but is a folder, a pipe or a device; remove it`
  return new OutputError('OUTPUT_NOT_A_FILE', message, { path })
}
