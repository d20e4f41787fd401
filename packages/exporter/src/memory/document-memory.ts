import type { ImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { documentBytes } from './document-bytes.ts'

/**
 * Bounds the documents that are in memory. Nobody knows the size of a document before it is read: as much is reserved as the
 * largest one so far takes. The first one is read alone, and one that is larger than the limit, too.
 */
export interface DocumentMemory {
  /** Waits for the place of a document. Places are given in the order in which they are asked for. */
  reserve(signal: AbortSignal | undefined): Promise<DocumentPlace>
}

/** The place of a document. */
export interface DocumentPlace {
  /** Takes as much as the document needs. */
  fit(metadata: ImageSetMetadata): void
  /** Gives the place back. Does nothing the second time. */
  release(): void
}

/** Makes the memory of documents. */
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
