import { createHash, hash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import type { FileDigest } from '@ahi-dicom/export-files'

/** Combines small chunks into few writes and computes the SHA-256 of all bytes. */
export interface ByteCollector {
  /** Copies or writes the chunk. Its memory can be reused once the promise has resolved. */
  add(chunk: Uint8Array): Promise<void>
  /** Writes the remaining bytes and returns size and SHA-256. Writes once even if there were no bytes. */
  finish(): Promise<FileDigest>
  /** Returns the buffer to the pool. */
  release(): void
}

/** Bytes of the buffer of each open file, also while the file waits for frames. */
const collectedBytes = 1 << 16

/** Longest chunk that is copied. A longer chunk is written directly, which costs less than a copy. */
const copiedBytes = 1 << 14

/** Buffers to use again. Only a few files are written at the same time. */
const spare: Uint8Array[] = []
const maxSpare = 8

/** Returns a collector that writes with `write`. */
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
      if (memory !== undefined && spare.length < maxSpare) spare.push(memory)
      memory = undefined
    },
  }
}
