import { finished } from 'node:stream/promises'
import { constants, createInflateRaw, deflateSync, gunzipSync, inflateRawSync } from 'node:zlib'
import { InflateError, type InflateErrorCode } from '../errors.ts'
import type { CreateRawInflater, DeflateRuns, Inflate } from '../contract.ts'

/**
 * Inflates gzip data. See {@link Inflate}.
 *
 * @function
 * @example
 * import { fromBase64, gunzip, latin1Text } from '@ahi-dicom/runtime'
 *
 * const bytes = fromBase64('H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA==')
 * if (bytes !== undefined) console.log(latin1Text(gunzip(bytes, { maxByteLength: 1024 }))) // hello
 */
export const gunzip: Inflate = (data, limits) => inflate(gunzipSync, data, limits)

/**
 * Inflates raw deflate data. See {@link Inflate}.
 *
 * @function
 * @example
 * import { deflateRuns, inflateRaw } from '@ahi-dicom/runtime'
 *
 * const zlib = deflateRuns(new Uint8Array(1000))
 * const raw = zlib.subarray(2, -4) // without the header and the checksum of zlib
 * console.log(inflateRaw(raw, { maxByteLength: 1000 }).length) // 1000
 */
export const inflateRaw: Inflate = (data, limits) => inflate(inflateRawSync, data, limits)

/**
 * See {@link DeflateRuns}.
 *
 * @function
 * @example
 * import { deflateRuns } from '@ahi-dicom/runtime'
 *
 * console.log(deflateRuns(new Uint8Array(100_000)).length < 1000) // true
 */
export const deflateRuns: DeflateRuns = (bytes) => deflateSync(bytes, runs)

const runs = { level: 1, strategy: constants.Z_RLE, chunkSize: 1 << 18 }

function inflate(
  run: typeof gunzipSync,
  data: Uint8Array,
  { maxByteLength }: Parameters<Inflate>[1],
): ReturnType<Inflate> {
  try {
    return run(data, { maxOutputLength: maxByteLength })
  } catch (cause) {
    throw inflateError(cause)
  }
}

function inflateError(cause: unknown): InflateError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new InflateError(codeOf(cause), why, { cause })
}

function codeOf(cause: unknown): InflateErrorCode {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'ERR_BUFFER_TOO_LARGE') return 'INFLATE_TOO_LARGE'
  return code === 'Z_BUF_ERROR' ? 'INFLATE_TRUNCATED' : 'INFLATE_CORRUPT'
}

/**
 * See {@link CreateRawInflater}.
 *
 * @function
 * @example
 * import { createRawInflater, deflateRuns } from '@ahi-dicom/runtime'
 *
 * let byteLength = 0
 * const inflater = createRawInflater((bytes) => (byteLength += bytes.length))
 * await inflater.feed(deflateRuns(new Uint8Array(1000)).subarray(2, -4))
 * await inflater.end()
 * console.log(byteLength) // 1000
 */
export const createRawInflater: CreateRawInflater = (receive) => {
  const inflater = createInflateRaw()
  let raise: (() => never) | undefined
  inflater.on('data', (bytes: Uint8Array) => {
    try {
      if (raise === undefined) receive(bytes)
    } catch (error) {
      raise = () => {
        throw error
      }
    }
  })
  const closed = finished(inflater).catch((cause: unknown) => {
    raise ??= () => {
      throw inflateError(cause)
    }
  })
  return {
    async feed(bytes) {
      const written = new Promise<void>((resolve) => inflater.write(bytes, () => resolve()))
      // Node.js does not call back from `write` if the data is damaged.
      await Promise.race([written, closed])
      raise?.()
    },
    async end() {
      inflater.end()
      await closed
      raise?.()
    },
  }
}
