import type { ImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { documentBytes } from './document-bytes.ts'

/**
 * Limits the bytes of documents in memory. The size of a document is not known before it is read, so the size of the
 * largest one so far is reserved. The first document is read alone, and so is one larger than the limit.
 */
export interface DocumentMemory {
  /** Waits for room for a document. Requests are served in order. */
  reserve(signal: AbortSignal | undefined): Promise<DocumentPlace>
}

/** Reserved memory for a document. */
export interface DocumentPlace {
  /** Changes the reservation to the size of the document. */
  fit(metadata: ImageSetMetadata): void
  /** Frees the reservation. The second call does nothing. */
  release(): void
}

/** Creates the memory of documents. `limit` is in bytes. */
export function createDocumentMemory(limit: number): DocumentMemory {
  let used = 0
  let expected = limit
  let hasSeen = false
  const waiting: (() => void)[] = []

  function hasRoom(): boolean {
    return used === 0 || used + expected <= limit
  }

  function wake(): void {
    while (waiting.length > 0 && hasRoom()) {
      const next = waiting.shift()
      next?.()
    }
  }

  function take(): DocumentPlace {
    let bytes = expected
    used += bytes

    function change(to: number): void {
      used += to - bytes
      bytes = to
      wake()
    }

    return {
      fit(metadata) {
        const needed = documentBytes(metadata)
        expected = hasSeen ? Math.max(expected, needed) : needed
        hasSeen = true
        change(needed)
      },
      release: () => change(0),
    }
  }

  return {
    async reserve(signal) {
      signal?.throwIfAborted()
      if (waiting.length === 0 && hasRoom()) return take()
      const { promise, resolve, reject } = Promise.withResolvers<DocumentPlace>()
      const turn = (): void => {
        signal?.removeEventListener('abort', abort)
        resolve(take())
      }
      const abort = (): void => {
        waiting.splice(waiting.indexOf(turn), 1)
        reject(signal?.reason)
      }
      waiting.push(turn)
      signal?.addEventListener('abort', abort, { once: true })
      return await promise
    },
  }
}
