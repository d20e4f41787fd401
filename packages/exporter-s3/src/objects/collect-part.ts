import type { FileContent } from '@ahi-dicom/export-files'

/** The beginning of a content, and what follows. */
export interface CollectedPart {
  /** All of it, if `rest` is undefined. Copied: it stays valid. */
  readonly chunks: readonly Uint8Array[]
  readonly byteLength: number
  /** To be read once, or to be returned. */
  readonly rest: AsyncIterator<Uint8Array> | undefined
}

/** Reads a content until it ends, or until there are more bytes than `mostBytes`. */
export async function collectPart(
  content: FileContent,
  mostBytes: number,
  signal: AbortSignal | undefined,
): Promise<CollectedPart> {
  const iterator = iteratorOf(content)
  const chunks: Uint8Array[] = []
  let byteLength = 0
  try {
    while (byteLength <= mostBytes) {
      const next = await iterator.next()
      signal?.throwIfAborted()
      if (next.done === true) return { chunks, byteLength, rest: undefined }
      chunks.push(Buffer.from(next.value))
      byteLength += next.value.byteLength
    }
  } catch (error) {
    await iterator.return?.()
    throw error
  }
  return { chunks, byteLength, rest: iterator }
}

async function* each(content: FileContent): AsyncGenerator<Uint8Array> {
  yield* content
}

function iteratorOf(content: FileContent): AsyncIterator<Uint8Array> {
  return each(content)
}
