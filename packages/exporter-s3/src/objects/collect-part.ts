import type { FileContent } from '@ahi-dicom/export-files'

/** The beginning of a content, and what follows. */
export interface CollectedPart {
  /** All of it, if `rest` is undefined. Copied: it stays valid until it is released. */
  readonly bytes: Uint8Array
  /** To be read once, or to be returned. */
  readonly rest: AsyncIterator<Uint8Array> | undefined
  /** Gives the memory back. Not to be called while something may still read it. */
  release(): void
}

/** Memory that was given back. Without it, each file leaves its bytes to the next collection of garbage. */
const spare: Buffer[] = []
const mostSpare = 16
/** Longer memory is not kept. */
const mostKept = 2 ** 20
const leastByteLength = 2 ** 16

/** Reads a content until it ends, or until there are more bytes than `mostBytes`. */
export async function collectPart(
  content: FileContent,
  mostBytes: number,
  signal: AbortSignal | undefined,
): Promise<CollectedPart> {
  const iterator = each(content)
  let memory = spare.pop() ?? Buffer.allocUnsafeSlow(leastByteLength)
  let byteLength = 0
  const collected = (rest: AsyncIterator<Uint8Array> | undefined): CollectedPart => ({
    bytes: memory.subarray(0, byteLength),
    rest,
    release() {
      if (memory.byteLength <= mostKept && spare.length < mostSpare) spare.push(memory)
    },
  })
  try {
    while (byteLength <= mostBytes) {
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

/** Returns memory that has the same beginning, and room for so many bytes after it. */
function withRoom(memory: Buffer, used: number, more: number): Buffer {
  if (used + more <= memory.byteLength) return memory
  const larger = Buffer.allocUnsafeSlow(Math.max(2 * memory.byteLength, used + more))
  larger.set(memory.subarray(0, used))
  return larger
}

async function* each(content: FileContent): AsyncGenerator<Uint8Array, void, undefined> {
  yield* content
}
