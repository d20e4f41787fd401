import type { FileContent } from '../destination/file-content.ts'

/** One line of a file. */
export interface Line {
  /** Counted from 1. */
  readonly number: number
  readonly text: string
  /** With its line feed. Valid until the next line is asked for. */
  readonly bytes: Uint8Array
  /** False for a last line without a line feed: its writer was stopped in the middle. */
  readonly isComplete: boolean
  /** Bytes of the file up to the end of this line. */
  readonly endOffset: number
}

const lineFeed = 0x0a

/** Yields the lines of a file. Only a line feed ends a line, as in NDJSON. */
export async function* readLines(content: FileContent): AsyncGenerator<Line> {
  let rest: Buffer = Buffer.alloc(0)
  let number = 0
  let endOffset = 0
  for await (const chunk of content) {
    rest = Buffer.concat([rest, chunk])
    let start = 0
    for (let end = rest.indexOf(lineFeed); end >= 0; end = rest.indexOf(lineFeed, start)) {
      endOffset += end + 1 - start
      const bytes = rest.subarray(start, end + 1)
      yield { number: ++number, text: rest.toString('utf8', start, end), bytes, isComplete: true, endOffset }
      start = end + 1
    }
    rest = rest.subarray(start)
  }
  if (rest.byteLength === 0) return
  endOffset += rest.byteLength
  yield { number: number + 1, text: rest.toString('utf8'), bytes: rest, isComplete: false, endOffset }
}
