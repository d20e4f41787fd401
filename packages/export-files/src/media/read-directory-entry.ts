import { dataSetAttributes, openPart10, UnreadableFileError, type ByteSource } from '@ahi-dicom/dicom-standard/reader'
import type { FileContent } from '../destination/file-content.ts'
import { directoryEntry, type DirectoryEntry } from './directory-entry.ts'

/** A DICOM file to read. */
export interface FileToList {
  readonly sopClassUid: string
  readonly byteLength: number
  readonly content: FileContent
}

/** First tag of the group of pixel data. There are no keys from there on. */
const pixelGroup = 0x7fe00000
/** Longest value that is read, in bytes. Keys are shorter. */
const longestKey = 65_536

/**
 * Reads the keys of an instance for a DICOMDIR from its file. Stops before the pixels.
 *
 * @throws {UnreadableFileError} if the file is not a DICOM file, or is truncated
 */
export async function readDirectoryEntry({ sopClassUid, byteLength, content }: FileToList): Promise<DirectoryEntry> {
  const chunks = Symbol.asyncIterator in content ? content[Symbol.asyncIterator]() : content[Symbol.iterator]()
  try {
    const source = forwardSource(chunks, byteLength)
    const { dataSet } = await openPart10(source, { mostValueBytes: longestKey, endBefore: pixelGroup })
    return directoryEntry({ sopClassUid, attributes: dataSetAttributes(dataSet) })
  } finally {
    await chunks.return?.()
  }
}

/** Returns a source that reads forward through the chunks of a file. It drops the bytes before the last offset. */
function forwardSource(chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>, byteLength: number): ByteSource {
  let kept: Buffer = Buffer.alloc(0)
  let start = 0
  return {
    byteLength,
    async read(offset, length) {
      if (offset < start) throw new UnreadableFileError('the file can only be read forward')
      for (;;) {
        const passed = Math.min(offset - start, kept.byteLength)
        kept = kept.subarray(passed)
        start += passed
        if (start === offset && kept.byteLength >= length) break
        const next = await chunks.next()
        if (next.done === true) break
        kept = Buffer.concat([kept, next.value])
      }
      return start === offset ? kept.subarray(0, length) : new Uint8Array(0)
    },
  }
}
