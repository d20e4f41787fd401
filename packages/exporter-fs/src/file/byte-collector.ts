import { createHash, hash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import type { FileDigest } from '@ahi-dicom/export-files'

/** Passes bytes on in few writes, and takes their digest. Chunks are copied or written before `add` resolves. */
export interface ByteCollector {
  add(chunk: Uint8Array): Promise<void>
  /** Passes the last bytes on. Passes on nothing, once, if there were none. */
  finish(): Promise<FileDigest>
  /** Gives the memory of the collector back. */
  release(): void
}

/** Every file that is being written has so much, also while it waits for its frames. */
const collectedBytes = 1 << 16

/** Above this, a write of its own costs less than a copy. */
const copiedBytes = 1 << 14

/** Memory of collectors that were released. Files are written a few at a time. */
const spare: Uint8Array[] = []
const mostSpare = 8

/** Makes a collector that passes bytes on to `write`. */
export function createByteCollector(write: (chunks: readonly Uint8Array[]) => Promise<void>): ByteCollector {
  let memory: Uint8Array | undefined
  let collected = 0
  let byteLength = 0
  let digest: Hash | undefined

  function copies(chunk: Uint8Array): boolean {
    if (chunk.byteLength > copiedBytes || collected + chunk.byteLength > collectedBytes) return false
    memory ??= spare.pop() ?? new Uint8Array(collectedBytes)
    memory.set(chunk, collected)
    collected += chunk.byteLength
    return true
  }

  function take(): Uint8Array {
    const bytes = memory?.subarray(0, collected) ?? new Uint8Array(0)
    collected = 0
    return bytes
  }

  return {
    async add(chunk) {
      byteLength += chunk.byteLength
      if (copies(chunk)) return
      const chunks = [take(), chunk]
      const writing = write(chunks)
      digest ??= createHash('sha256')
      for (const one of chunks) digest.update(one)
      await writing
    },
    async finish() {
      const rest = take()
      const writing = write([rest])
      const sha256 = digest === undefined ? hash('sha256', rest, 'hex') : digest.update(rest).digest('hex')
      await writing
      return { byteLength, sha256 }
    },
    release() {
      if (memory !== undefined && spare.length < mostSpare) spare.push(memory)
      memory = undefined
    },
  }
}
