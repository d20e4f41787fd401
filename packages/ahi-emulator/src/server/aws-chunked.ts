import { createHash } from 'node:crypto'
import type { ChunkedPayload, PayloadChunk } from '../operation/received-request.ts'
import { ServiceError } from '../operation/service-error.ts'

/** An `aws-chunked` body that is decoded while it is read. */
export interface DecodedBody {
  readonly data: AsyncGenerator<Uint8Array, void, undefined>
  /** Complete after all data was read. */
  readonly payload: ChunkedPayload
  /** By lower-case name. Complete after all data was read. */
  readonly trailers: ReadonlyMap<string, string>
}

/** Most bytes of a chunk header or a trailer. */
const longestLine = 8192
const mostTrailers = 64
/**
 * S3 requires at least 8 KiB in each chunk but the last. With one byte per chunk, a body would take 35 times its size
 * in memory.
 */
const smallChunk = 8192
const mostSmallChunks = 1024
const lineEnd = Buffer.from('\r\n')

/**
 * Decodes an `aws-chunked` body: chunks with or without signatures, and trailers after the last one (Amazon S3 API
 * reference, "Signature calculations: transferring payload in multiple chunks"). A malformed body is read to its end
 * before the error is thrown, so that a client that is still writing receives the answer.
 * @throws {ServiceError} MalformedHttpRequestException while the data is read
 */
export function decodeAwsChunked(body: AsyncIterable<Uint8Array>): DecodedBody {
  const chunks: PayloadChunk[] = []
  const trailers = new Map<string, string>()
  const source = createSource(body)
  async function* decode(): AsyncGenerator<Uint8Array, void, undefined> {
    let smallChunks = 0
    try {
      for (;;) {
        const { byteLength, signature } = parseChunkHeader(await source.line())
        if (byteLength < smallChunk) smallChunks += 1
        if (smallChunks > mostSmallChunks) throw malformed(`more than ${mostSmallChunks} chunks are below 8 KiB`)
        const hash = createHash('sha256')
        for await (const piece of source.take(byteLength)) {
          hash.update(piece)
          yield piece
        }
        chunks.push({ sha256: hash.digest('hex'), signature })
        if (byteLength === 0) break
        if ((await source.line()) !== '') throw malformed('a chunk is longer than its header says')
      }
      await readTrailers(source, trailers)
    } finally {
      await source.drain()
    }
  }
  return { data: decode(), payload: { chunks }, trailers }
}

/** Returns true if bytes begin with the header of a signed chunk. */
export function isSignedChunk(start: Uint8Array): boolean {
  return /^[\da-f]{1,12};chunk-signature=/i.test(Buffer.from(start).toString('latin1', 0, 64))
}

function parseChunkHeader(line: string): { readonly byteLength: number; readonly signature: string | undefined } {
  const match = /^([\da-f]{1,12})(?:;chunk-signature=([\da-f]{64}))?$/i.exec(line)
  if (match === null) throw malformed('the header of a chunk is invalid')
  return { byteLength: Number.parseInt(match[1] ?? '', 16), signature: match[2]?.toLowerCase() }
}

/** Reads the trailers, which end with an empty line or with the body. */
async function readTrailers(source: ByteSource, trailers: Map<string, string>): Promise<void> {
  while (!(await source.isAtEnd())) {
    const line = await source.line()
    if (line === '') break
    const [, name = '', value = ''] = /^([^:]+):(.*)$/.exec(line) ?? []
    if (name === '' || trailers.size >= mostTrailers) throw malformed('a trailer is invalid, or there are too many')
    trailers.set(name.trim().toLowerCase(), value.trim())
  }
  if (!(await source.isAtEnd())) throw malformed('more bytes follow its end')
}

interface ByteSource {
  /** Reads a line. Returns it without its line break. */
  line(): Promise<string>
  take(byteLength: number): AsyncGenerator<Uint8Array, void, undefined>
  isAtEnd(): Promise<boolean>
  drain(): Promise<void>
}

function createSource(body: AsyncIterable<Uint8Array>): ByteSource {
  const iterator = body[Symbol.asyncIterator]()
  let pending: Buffer = Buffer.alloc(0)
  let isEnded = false

  /** Reads more bytes. Returns false at the end of the body. */
  async function more(): Promise<boolean> {
    const { value, done } = await iterator.next()
    isEnded = done === true
    if (!isEnded && value !== undefined)
      pending = pending.length === 0 ? Buffer.from(value) : Buffer.concat([pending, value])
    return !isEnded
  }

  return {
    async line() {
      for (;;) {
        const end = pending.indexOf(lineEnd)
        if (end > longestLine || (end < 0 && pending.length > longestLine)) throw malformed('a line is too long')
        if (end >= 0) {
          const line = pending.toString('latin1', 0, end)
          pending = pending.subarray(end + lineEnd.length)
          return line
        }
        if (!(await more())) throw malformed('it ends early')
      }
    },
    async *take(byteLength) {
      let left = byteLength
      while (left > 0) {
        if (pending.length === 0 && !(await more())) throw malformed('it ends early')
        const piece = pending.subarray(0, left)
        pending = pending.subarray(piece.length)
        left -= piece.length
        if (piece.length > 0) yield piece
      }
    },
    async isAtEnd() {
      while (pending.length === 0 && !isEnded) await more()
      return pending.length === 0
    },
    async drain() {
      while (!isEnded) {
        pending = Buffer.alloc(0)
        await more()
      }
    },
  }
}

function malformed(why: string): ServiceError {
  return new ServiceError('MalformedHttpRequestException', `The aws-chunked request body is malformed: ${why}`)
}
