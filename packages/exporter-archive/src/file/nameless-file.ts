import { randomBytes } from 'node:crypto'
import { open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { translated } from './file-error.ts'

/** A temporary file without a name. No other program can open it. It disappears when it is closed or the process ends. */
export interface NamelessFile {
  readonly byteLength: number
  append(bytes: Uint8Array): Promise<void>
  /** Truncates the file to its first `byteLength` bytes. */
  cut(byteLength: number): Promise<void>
  read(range?: ByteRange): AsyncGenerator<Buffer>
  close(): Promise<void>
}

/** A range of bytes in a file. */
interface ByteRange {
  readonly start: number
  readonly byteLength: number
}

const readBytes = 1 << 18

/**
 * Creates an empty temporary file in `folder`, which the user alone can read.
 *
 * @throws {OutputError} if the file system refuses; the file's `append` and `cut` throw the same
 */
export async function openNamelessFile(folder: string): Promise<NamelessFile> {
  const path = join(folder, `.ahi-dicom-${randomBytes(8).toString('hex')}.tmp`)
  const handle = await translated('write a temporary file in', folder, () => open(path, 'wx+', 0o600))
  let byteLength = 0
  try {
    await unlink(path)
  } catch (error) {
    await handle.close()
    throw error
  }
  return {
    get byteLength() {
      return byteLength
    },
    append: (bytes) =>
      translated('write a temporary file in', folder, async () => {
        for (let written = 0; written < bytes.byteLength;) {
          const rest = bytes.subarray(written)
          const { bytesWritten } = await handle.write(rest, 0, rest.byteLength, byteLength + written)
          written += bytesWritten
        }
        byteLength += bytes.byteLength
      }),
    async cut(length) {
      await translated('write a temporary file in', folder, () => handle.truncate(length))
      byteLength = length
    },
    async *read(range = { start: 0, byteLength }) {
      const end = range.start + range.byteLength
      for (let position = range.start; position < end;) {
        const buffer = Buffer.allocUnsafe(Math.min(readBytes, end - position))
        const { bytesRead } = await handle.read(buffer, 0, buffer.byteLength, position)
        if (bytesRead === 0) throw new Error('a temporary file is shorter than what was written to it')
        position += bytesRead
        yield buffer.subarray(0, bytesRead)
      }
    },
    close: () => handle.close(),
  }
}
