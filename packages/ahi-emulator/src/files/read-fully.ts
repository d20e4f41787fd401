import type { FileHandle } from 'node:fs/promises'

/** Most bytes of one read: Node.js refuses 2 GiB or more. */
const mostAtOnce = 2 ** 30

/**
 * Fills `target` with the bytes of a file from `position` on. Returns the number of bytes read, which is less than the
 * size of `target` at the end of the file.
 */
export async function readFully(file: FileHandle, position: number, target: Uint8Array): Promise<number> {
  let filled = 0
  while (filled < target.byteLength) {
    const { bytesRead } = await file.read(
      target,
      filled,
      Math.min(target.byteLength - filled, mostAtOnce),
      position + filled,
    )
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}
