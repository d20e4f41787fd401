import { createReadStream } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { readFully } from '../files/read-fully.ts'
import { createBufferPool, type BorrowedBytes } from './buffer-pool.ts'
import type { PackLocation } from './pack-location.ts'

/** Reads frames from packs. Keeps the files of recently used packs open. */
export interface PackReader {
  /** Returns borrowed bytes. Release them when they are sent. */
  read(location: PackLocation): Promise<BorrowedBytes>
  /** Returns a copy, whose memory may be transferred. */
  readCopy(location: PackLocation): Promise<Uint8Array<ArrayBuffer>>
  /** Fills `target` with the bytes from `byteOffset` on. */
  readInto(target: Uint8Array, place: Omit<PackLocation, 'byteLength'>): Promise<void>
  /**
   * Yields pieces, each read when it is requested. Opens the file separately, because the shared files may be closed in
   * the meantime.
   */
  stream(location: PackLocation): AsyncIterable<Uint8Array>
  /** Closes a pack before it is removed. */
  closePack(packPath: string): Promise<void>
  close(): Promise<void>
}

/** Enough for clients that read several image sets in parallel, and far below any limit on open files. */
const mostOpenPacks = 64
const pieceLength = 256 * 1024

/** Opens a reader of the packs in a data folder. */
export function createPackReader(dataFolder: string): PackReader {
  /** By path. The most recently used one is last. */
  const openPacks = new Map<string, Promise<FileHandle>>()
  const buffers = createBufferPool()

  function openPack(path: string): Promise<FileHandle> {
    const pack = openPacks.get(path) ?? open(join(dataFolder, path), 'r')
    openPacks.delete(path)
    openPacks.set(path, pack)
    if (openPacks.size > mostOpenPacks) closeOldest()
    return pack
  }

  /** Closes the least recently used pack. A FileHandle first completes the reads that it has begun. */
  function closeOldest(): void {
    const [oldest] = openPacks
    if (oldest === undefined) return
    openPacks.delete(oldest[0])
    void oldest[1].then((pack) => pack.close()).catch(() => undefined)
  }

  return {
    async read({ packPath, byteOffset, byteLength }) {
      const pack = await openPack(packPath)
      const frame = buffers.borrow(byteLength)
      try {
        await readFrame(pack, byteOffset, frame.bytes)
        return frame
      } catch (error) {
        frame.release()
        throw error
      }
    },
    async readCopy({ packPath, byteOffset, byteLength }) {
      const frame = new Uint8Array(byteLength)
      await readFrame(await openPack(packPath), byteOffset, frame)
      return frame
    },
    async readInto(target, { packPath, byteOffset }) {
      await readFrame(await openPack(packPath), byteOffset, target)
    },
    stream({ packPath, byteOffset, byteLength }) {
      const end = byteOffset + byteLength - 1
      return createReadStream(join(dataFolder, packPath), { start: byteOffset, end, highWaterMark: pieceLength })
    },
    async closePack(packPath) {
      const pack = openPacks.get(packPath)
      openPacks.delete(packPath)
      await (await pack)?.close()
    },
    async close() {
      const packs = [...openPacks.values()]
      openPacks.clear()
      await Promise.allSettled(packs.map(async (pack) => (await pack).close()))
    },
  }
}

async function readFrame(pack: FileHandle, position: number, target: Uint8Array): Promise<void> {
  const byteLength = await readFully(pack, position, target)
  if (byteLength === target.byteLength) return
  throw new RangeError(`Cannot read a frame of ${target.byteLength} bytes: its pack ends after ${byteLength}`)
}
