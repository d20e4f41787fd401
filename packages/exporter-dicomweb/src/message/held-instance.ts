import { createHash, hash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import type { FileContent, FileDigest } from '@ahi-dicom/export-files'
import { blockByteLength, type BlockPool } from './block-pool.ts'
import { readInstanceStart, type InstanceStart } from './instance-start.ts'

/** An instance with all its bytes, or the first ones, in memory. */
export interface HeldInstance extends InstanceStart {
  /** The bytes in memory, in order. */
  readonly parts: readonly Uint8Array[]
  readonly heldByteLength: number
  /** The bytes that follow. Read them once, before `digest`. `undefined` if all bytes are in memory. */
  readonly rest: AsyncIterable<Uint8Array> | undefined
  /** Returns size and SHA-256 of the whole file. */
  digest(): FileDigest
  /** Returns the memory to the pool. */
  release(): void
}

/** Options of {@link holdInstance}. */
export interface HoldOptions {
  readonly pool: BlockPool
  /** Most bytes to hold, but at least one block. A longer instance has a rest. */
  readonly maxByteLength: number
}

/**
 * Reads an instance into memory, up to `maxByteLength`.
 *
 * @throws {UnreadableFileError} if the bytes are not a DICOM file. Errors of `chunks` are thrown too.
 */
export async function holdInstance(chunks: FileContent, { pool, ...options }: HoldOptions): Promise<HeldInstance> {
  // The first bytes identify the instance, so at least one block is held.
  const maxByteLength = Math.max(options.maxByteLength, blockByteLength)
  const holder = {}
  const blocks: Uint8Array[] = []
  const iterator = iteratorOf(chunks)
  let byteLength = 0
  let hasher: Hash | undefined
  const release = (): void => pool.release(blocks.splice(0))
  const lastLength = (): number => byteLength - (blocks.length - 1) * blockByteLength

  /** Copies a chunk. A block is hashed when it is full, because few calls cost less. */
  async function add(chunk: Uint8Array): Promise<void> {
    for (let start = 0; start < chunk.byteLength;) {
      if (byteLength === blocks.length * blockByteLength) {
        const full = blocks.at(-1)
        if (full !== undefined) hasher = (hasher ?? createHash('sha256')).update(full)
        blocks.push(await pool.take(holder))
      }
      const offset = lastLength()
      const copied = chunk.subarray(start, start + blockByteLength - offset)
      blocks.at(-1)?.set(copied, offset)
      byteLength += copied.byteLength
      start += copied.byteLength
    }
  }

  async function* rest(first: Uint8Array): AsyncGenerator<Uint8Array> {
    hasher = (hasher ?? createHash('sha256')).update(lastOf(parts))
    try {
      for (let chunk = first; ;) {
        hasher.update(chunk)
        byteLength += chunk.byteLength
        yield chunk
        const next = await iterator.next()
        if (next.done === true) return
        chunk = next.value
      }
    } finally {
      await iterator.return?.()
    }
  }

  let beyond: Uint8Array | undefined
  try {
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
      const chunk = next.value
      if (byteLength + chunk.byteLength > maxByteLength) {
        const heldOfChunk = Math.max(0, blockByteLength - byteLength)
        await add(chunk.subarray(0, heldOfChunk))
        beyond = chunk.subarray(heldOfChunk)
        break
      }
      await add(chunk)
    }
  } catch (error) {
    release()
    throw error
  } finally {
    pool.leave(holder)
  }
  const parts = blocks.map((block, index) => (index < blocks.length - 1 ? block : block.subarray(0, lastLength())))
  const heldByteLength = byteLength
  try {
    return {
      ...(await readInstanceStart(parts[0] ?? new Uint8Array(0))),
      parts,
      heldByteLength,
      rest: beyond && rest(beyond),
      digest: () => ({ byteLength, sha256: digestOf(hasher, beyond === undefined ? lastOf(parts) : undefined) }),
      release,
    }
  } catch (error) {
    release()
    await iterator.return?.()
    throw error
  }
}

function lastOf(parts: readonly Uint8Array[]): Uint8Array {
  return parts.at(-1) ?? new Uint8Array(0)
}

function digestOf(hasher: Hash | undefined, last: Uint8Array | undefined): string {
  if (hasher === undefined) return hash('sha256', last ?? new Uint8Array(0), 'hex')
  return (last === undefined ? hasher.copy() : hasher.copy().update(last)).digest('hex')
}

function iteratorOf(chunks: FileContent): AsyncIterator<Uint8Array> | Iterator<Uint8Array> {
  return Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]()
}
