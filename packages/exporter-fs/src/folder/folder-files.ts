import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { recordNames, type ListedFile } from '@ahi-dicom/export-files'
import { writersFolder } from '@ahi-dicom/export-files/writers'
import { lstatIfThere } from '../file/lstat-if-there.ts'
import { openPlainFile } from '../file/plain-file.ts'
import { listFiles } from './list-files.ts'

/** The files of a folder, to read at any place: a `FileFolder` of `@ahi-dicom/dicom-diff`. */
export interface FolderFiles {
  /** Path of the folder. */
  readonly name: string
  /** Yields all files below the folder. Links are yielded as such, not followed. */
  list(): AsyncIterable<ListedFile>
  /** Returns whether the folder has the record of an export, or those of writers. */
  isExport(): Promise<boolean>
  /**
   * Opens a file.
   *
   * @throws {OutputError} for a link, and for what is not a file
   */
  open(path: string): Promise<FolderFile>
}

/** A file that is open. */
export interface FolderFile {
  readonly byteLength: number
  /** Returns the bytes from an offset on: fewer than asked for at the end. */
  read(offset: number, byteLength: number): Promise<Uint8Array>
  close(): Promise<void>
}

/**
 * Returns the files of a folder.
 *
 * @example
 * import { folderFiles } from '@ahi-dicom/exporter-fs'
 *
 * for await (const { path } of folderFiles('exported').list()) console.log(path)
 */
export function folderFiles(directory: string): FolderFiles {
  return {
    name: directory,
    list: () => listFiles(directory),
    async isExport() {
      const ofRecord = [recordNames.manifest, recordNames.description]
      const found = await Promise.all(ofRecord.map((name) => lstatIfThere(join(directory, name))))
      if (found.some((stats) => stats?.isFile() === true)) return true
      return (await lstatIfThere(join(directory, writersFolder, '.')))?.isDirectory() === true
    },
    async open(path) {
      const handle = await openPlainFile(join(directory, path), constants.O_RDONLY)
      const { size: byteLength } = await handle.stat()
      return {
        byteLength,
        read: (offset, length) => readAt(handle, offset, Math.min(length, Math.max(0, byteLength - offset))),
        close: () => handle.close(),
      }
    },
  }
}

/** A read may give less than was asked for. */
async function readAt(handle: FileHandle, offset: number, byteLength: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(byteLength)
  let filled = 0
  while (filled < byteLength) {
    const { bytesRead } = await handle.read(bytes, filled, byteLength - filled, offset + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}
