import { DecoderPoolError } from '../errors.ts'

/**
 * Replaces `decoder-pool.ts` in browsers.
 *
 * @throws {DecoderPoolError} always
 */
export function createDecoderPool(): never {
  const why = 'a pool needs the threads of Node.js; use `decodeFrame`, in a Web Worker to keep the page responsive'
  throw new DecoderPoolError('DECODER_POOL_NOT_IN_BROWSERS', why)
}
