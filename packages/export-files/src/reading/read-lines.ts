import type { FileContent } from '../destination/file-content.ts'

/** One line of a file. */
export interface Line {
  /** Line number, starting at 1. */
  readonly number: number
  readonly text: string
  /** The line with its line feed. Valid until the next line is requested. */
  readonly bytes: Uint8Array
  /** False for a last line without a line feed, which a killed run leaves. */
  readonly isComplete: boolean
  /** Offset of the end of this line in the file, in bytes. */
  readonly endOffset: number
}

const lineFeed = 0x0a

/** Yields the lines of a file. Only a line feed ends a line, as in NDJSON. */
export async function* readLines(content: FileContent): AsyncGenerator<Line> {
  let begun: Buffer[] = []
  let number = 0
  let endOffset = 0
  for await (const { buffer, byteOffset, byteLength } of content) {
    const chunk = Buffer.from(buffer, byteOffset, byteLength)
    let start = 0
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      const bytes = joined([...begun, chunk.subarray(start, end + 1)])
      begun = []
      start = end + 1
      endOffset += bytes.byteLength
      yield {
        number: ++number,
        text: bytes.toString('utf8', 0, bytes.byteLength - 1),
        bytes,
        isComplete: true,
        endOffset,
      }
    }
    // The reader may reuse the memory of a chunk.
    if (start < byteLength) begun.push(Buffer.from(chunk.subarray(start)))
  }
  if (begun.length === 0) return
  const bytes = joined(begun)
  endOffset += bytes.byteLength
  yield { number: number + 1, text: bytes.toString('utf8'), bytes, isComplete: false, endOffset }
}

function joined(parts: readonly Buffer[]): Buffer {
  const [first] = parts
  return first !== undefined && parts.length === 1 ? first : Buffer.concat(parts)
}
