import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { parseImageSetMetadata, type ImageSetMetadata } from '@ahi-dicom/ahi-metadata'

/** Reads a metadata document. The content of a path never changes. */
type ReadMetadata = (documentPath: string) => Promise<ImageSetMetadata>

/**
 * Most bytes of kept documents before parsing. Parsed, they take several times as much. A CT of 600 slices has 1 MB.
 */
const mostKeptBytes = 8 * 1024 * 1024

/** Most bytes of one document. AHI's own quota is 50 MB. */
const largestDocument = 256 * 1024 * 1024

const decompress = promisify(gunzip)

interface ParsedDocument {
  readonly metadata: ImageSetMetadata
  readonly byteLength: number
}

/**
 * Creates a reader that keeps the most recently used documents, because a client that retrieves a series instance by
 * instance needs the same document hundreds of times. Concurrent requests for a document share one read.
 */
export function createDocumentCache(read: (documentPath: string) => Promise<Uint8Array>): ReadMetadata {
  /** The most recently used one is last. */
  const parsed = new Map<string, ParsedDocument>()
  const reading = new Map<string, Promise<ImageSetMetadata>>()

  async function load(documentPath: string): Promise<ImageSetMetadata> {
    try {
      const document = await decompress(await read(documentPath), { maxOutputLength: largestDocument })
      const metadata = parseImageSetMetadata(document)
      parsed.set(documentPath, { metadata, byteLength: document.byteLength })
      removeOldest(parsed)
      return metadata
    } finally {
      reading.delete(documentPath)
    }
  }

  return async (documentPath) => {
    const kept = parsed.get(documentPath)
    if (kept !== undefined) {
      parsed.delete(documentPath)
      parsed.set(documentPath, kept)
      return kept.metadata
    }
    const running = reading.get(documentPath) ?? load(documentPath)
    reading.set(documentPath, running)
    return running
  }
}

function removeOldest(parsed: Map<string, ParsedDocument>): void {
  let byteLength = [...parsed.values()].reduce((sum, document) => sum + document.byteLength, 0)
  for (const [path, document] of parsed) {
    if (byteLength <= mostKeptBytes) return
    parsed.delete(path)
    byteLength -= document.byteLength
  }
}
