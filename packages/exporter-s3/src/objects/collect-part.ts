import type { FileContent } from '@ahi-dicom/export-files'

/** The first bytes of a content, and an iterator over the rest. */
export interface CollectedPart {
  /** A copy of the first bytes, valid until `release` is called. The whole content if `rest` is undefined. */
  readonly bytes: Uint8Array
  /** The chunks after `bytes`. Read it to its end, or call its `return`. */
  readonly rest: AsyncIterator<Uint8Array> | undefined
  /** Returns the memory of `bytes` to the pool. Do not call it while something may still read `bytes`. */
  release(): void
}

/** Buffers to use again. Without them, the bytes of each file stay in memory until the next garbage collection. */
const spare: Buffer[] = []
const maxSpare = 16
/** Larger buffers are not kept. */
const maxKept = 2 ** 20
const minByteLength = 2 ** 16

/** Reads a content until it ends, or until more than `maxBytes` bytes were read. */
export async function collectPart(
  content: FileContent,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<CollectedPart> {
  const iterator = iterate(content)
  let memory = spare.pop() ?? Buffer.allocUnsafeSlow(minByteLength)
  let byteLength = 0
  const collected = (rest: AsyncIterator<Uint8Array> | undefined): CollectedPart => ({
    bytes: memory.subarray(0, byteLength),
    rest,
    release() {
      if (memory.byteLength <= maxKept && spare.length < maxSpare) spare.push(memory)
    },
  })
  try {
    while (byteLength <= maxBytes) {
      const next = await iterator.next()
      signal?.throwIfAborted()
      if (next.done === true) return collected(undefined)
      memory = withRoom(memory, byteLength, next.value.byteLength)
      memory.set(next.value, byteLength)
      byteLength += next.value.byteLength
    }
  } catch (error) {
    await iterator.return(undefined)
    throw error
  }
  return collected(iterator)
}

/** Returns a buffer with the first `used` bytes of `memory` and room for `more` bytes after them. */
function withRoom(memory: Buffer, used: number, more: number): Buffer {
  if (used + more <= memory.byteLength) return memory
  const larger = Buffer.allocUnsafeSlow(Math.max(2 * memory.byteLength, used + more))
  larger.set(memory.subarray(0, used))
  return larger
}

async function* iterate(content: FileContent): AsyncGenerator<Uint8Array, void, undefined> {
  yield* content
}
