import { createHash, hash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import type { FileContent, FileDigest } from '@ahi-dicom/export-files'
import { blockByteLength, type BlockPool } from './block-pool.ts'
import { readInstanceStart, type InstanceStart } from './instance-start.ts'

/** An instance of which all bytes are in memory, or the first ones. */
export interface HeldInstance extends InstanceStart {
  /** Bytes in memory, in order. */
  readonly parts: readonly Uint8Array[]
  readonly heldByteLength: number
  /** The bytes that follow, to be read once, before the digest is asked for. Undefined if all are in memory. */
  readonly rest: AsyncIterable<Uint8Array> | undefined
  /** Size and SHA-256 of the whole file. */
  digest(): FileDigest
  /** Gives the memory back. */
  release(): void
}

/** Options of {@link holdInstance}. */
export interface HoldOptions {
  readonly pool: BlockPool
  /** Bytes that are held; a block is held in any case. An instance that has more has a rest. */
  readonly maxByteLength: number
}

/**
 * Reads the bytes of an instance into memory, up to `maxByteLength`.
 *
 * @throws {UnreadableFileError} for bytes that are no DICOM file; whatever `chunks` throws
 */
export async function holdInstance(chunks: FileContent, { pool, ...options }: HoldOptions): Promise<HeldInstance> {
  // The first bytes tell which instance it is.
  const maxByteLength = Math.max(options.maxByteLength, blockByteLength)
  const holder = {}
  const blocks: Uint8Array[] = []
  const iterator = iteratorOf(chunks)
  let byteLength = 0
  let hasher: Hash | undefined
  const release = (): void => pool.release(blocks.splice(0))
  const lastLength = (): number => byteLength - (blocks.length - 1) * blockByteLength

  /** Copies a chunk. Digests each block when it is full: few calls cost less. */
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
