import { constants } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { RecordLog } from '@ahi-dicom/export-files'
import { translated } from '../file/file-system-error.ts'
import { flushFolder } from '../file/flush.ts'
import type { Modes } from '../file/modes.ts'
import { openPlainFile } from '../file/plain-file.ts'

/**
 * Opens a file for appending after its first `keepBytes` bytes. Bytes after them are removed.
 *
 * @throws {OutputError} if the path is a link or not a file, or if the file system fails
 */
export async function openGrowingFile(path: string, keepBytes: number, modes: Modes): Promise<RecordLog> {
  const handle = await translated('open', path, () => openAt(path, keepBytes, modes))
  let length = keepBytes
  let isNameFlushed = false

  async function append(bytes: Buffer): Promise<void> {
    try {
      await writeAt(handle, bytes, length)
    } catch (error) {
      // Reports the failure of the write, not of this truncation. The next append overwrites any remaining bytes.
      await handle.truncate(length).catch(() => undefined)
      throw error
    }
    length += bytes.byteLength
  }

  async function flush(): Promise<void> {
    await handle.datasync()
    if (!isNameFlushed) await flushFolder(dirname(path))
    isNameFlushed = true
  }

  return {
    append: (text) => translated('write to', path, () => append(Buffer.from(text))),
    flush: () => translated('flush file', path, flush),
    close: () => translated('close', path, () => handle.close()),
  }
}

async function openAt(path: string, keepBytes: number, modes: Modes): Promise<FileHandle> {
  const handle = await openPlainFile(path, constants.O_RDWR | (keepBytes === 0 ? constants.O_CREAT : 0), modes.file)
  try {
    if (modes.isExact) await handle.chmod(modes.file)
    await handle.truncate(keepBytes)
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function writeAt(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let written = 0
  while (written < bytes.byteLength) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.byteLength - written, position + written)
    written += bytesWritten
  }
}
