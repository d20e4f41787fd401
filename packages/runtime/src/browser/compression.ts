import { deflate, Inflate as Inflater, Z_BUF_ERROR, Z_OK, Z_RLE, Z_SYNC_FLUSH } from 'pako'
import { InflateError } from '../errors.ts'
import { joinBytes } from '../join-bytes.ts'
import type { CreateRawInflater, DeflateRuns, Inflate } from '../contract.ts'

/** Values of `windowBits` that tell pako the format. */
const gzipFormat = 15 + 16
const rawFormat = -15

/** Inflates gzip data. See {@link Inflate}. */
export const gunzip: Inflate = (data, { maxByteLength }) => inflate(data, gzipFormat, maxByteLength)

/** Inflates raw deflate data. See {@link Inflate}. */
export const inflateRaw: Inflate = (data, { maxByteLength }) => inflate(data, rawFormat, maxByteLength)

/** See {@link DeflateRuns}. */
export const deflateRuns: DeflateRuns = (bytes) => deflate(bytes, { level: 1, strategy: Z_RLE })

/** See {@link CreateRawInflater}. */
export const createRawInflater: CreateRawInflater = (receive) => {
  const inflater = createInflater(rawFormat, receive)
  return {
    async feed(bytes) {
      push(inflater, bytes)
    },
    async end() {
      finish(inflater)
    },
  }
}

function inflate(data: Uint8Array, windowBits: number, maxByteLength: number): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array[] = []
  let byteLength = 0
  const inflater = createInflater(windowBits, (chunk) => {
    byteLength += chunk.byteLength
    if (byteLength > maxByteLength) throw new InflateError('INFLATE_TOO_LARGE', `it exceeds ${maxByteLength} bytes`)
    chunks.push(chunk)
  })
  push(inflater, data)
  finish(inflater)
  return joinBytes(chunks)
}

function createInflater(windowBits: number, receive: (bytes: Uint8Array) => void): Inflater {
  const inflater = new Inflater({ windowBits, chunkSize: 1 << 16 })
  inflater.onData = receive
  return inflater
}

/** Inflates the next piece. Bytes after the end of the data are ignored, as in Node.js. */
function push(inflater: Inflater, bytes: Uint8Array): void {
  if (inflater.ended || bytes.byteLength === 0) return
  inflater.push(bytes, Z_SYNC_FLUSH)
  if (inflater.err !== Z_OK && inflater.err !== Z_BUF_ERROR) {
    throw new InflateError('INFLATE_CORRUPT', inflater.msg || 'it is damaged')
  }
}

function finish(inflater: Inflater): void {
  if (!inflater.ended) throw new InflateError('INFLATE_TRUNCATED', 'unexpected end of file')
}
