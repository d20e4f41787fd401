import { createReadStream } from 'node:fs'

/** One line of a file. */
export interface Line {
  /** Counted from 1. */
  readonly number: number
  readonly text: string
  /** False for a last line without its line feed: its writer was stopped in the middle. */
  readonly isComplete: boolean
  /** Bytes of the file up to the end of this line. */
  readonly endOffset: number
}

const LINE_FEED = 0x0a

/** Reads a file line by line; only a line feed ends a line, as NDJSON has it. */
export async function* readLines(
  path: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Line> {
  let rest: Buffer = Buffer.alloc(0)
  let number = 0
  let endOffset = 0
  const chunks: AsyncIterable<Buffer> = createReadStream(path, { signal: options.signal, highWaterMark: 1 << 18 })
  for await (const chunk of chunks) {
    rest = rest.byteLength === 0 ? chunk : Buffer.concat([rest, chunk])
    let start = 0
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED, start)) {
      endOffset += end + 1 - start
      yield { number: ++number, text: rest.toString('utf8', start, end), isComplete: true, endOffset }
      start = end + 1
    }
    rest = rest.subarray(start)
  }
  if (rest.byteLength === 0) return
  yield { number: number + 1, text: rest.toString('utf8'), isComplete: false, endOffset: endOffset + rest.byteLength }
}
