import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { recordNames, type ListedFile } from '@ahi-dicom/export-files'
import { writersFolder } from '@ahi-dicom/export-files/writers'
import { lstatIfThere } from '../file/lstat-if-there.ts'
import { openPlainFile } from '../file/plain-file.ts'
import { listFiles } from './list-files.ts'

/** Lists the files of a folder and reads them at any offset. It is a `FileFolder` of `@ahi-dicom/dicom-diff`. */
export interface FolderFiles {
  /** Path of the folder. */
  readonly name: string
  /** Yields all files below the folder. Links are not followed; they are yielded with `isLink`. */
  list(): AsyncIterable<ListedFile>
  /** Returns true if the folder contains the record of an export, or records of named writers. */
  isExport(): Promise<boolean>
  /**
   * Opens a file.
   *
   * @throws {OutputError} if the path is a link, or not a file
   */
  open(path: string): Promise<FolderFile>
}

/** An open file. */
export interface FolderFile {
  readonly byteLength: number
  /** Returns up to `byteLength` bytes from an offset. Returns fewer at the end of the file. */
  read(offset: number, byteLength: number): Promise<Uint8Array>
  close(): Promise<void>
}

/**
 * Returns access to the files of a folder.
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

/** Reads until `byteLength` bytes are there or the file ends. One read call may return fewer bytes than requested. */
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
