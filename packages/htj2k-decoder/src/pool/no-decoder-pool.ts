import { DecoderPoolError } from '../errors.ts'

/**
 * Takes the place of `decoder-pool.ts` in browsers.
 * @throws {DecoderPoolError} always
 */
export function createDecoderPool(): never {
  const why = 'a pool needs the threads of Node.js; use `decodeFrame`, in a Web Worker if the page has to stay free'
  throw new DecoderPoolError('DECODER_POOL_NOT_IN_BROWSERS', why)
}
