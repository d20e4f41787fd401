/**
 * Functions that Node.js and browsers implement differently, with one contract. This is the entry for Node.js. Bundlers
 * for browsers use `browser.ts` through the condition `browser` of `package.json`.
 * @module
 */
export { isLittleEndian } from './byte-order.ts'
export type {
  Crc32,
  CreateRawInflater,
  DeflateRuns,
  FromBase64,
  Inflate,
  InflateLimits,
  Latin1Text,
  RawInflater,
  StartTimer,
  SwapBytes,
  ToBase64,
} from './contract.ts'
export { InflateError } from './errors.ts'
export type { InflateErrorCode } from './errors.ts'
export { joinBytes } from './join-bytes.ts'
export { latin1Bytes } from './latin1-bytes.ts'
export { crc32, fromBase64, latin1Text, swapBytesInPlace, toBase64 } from './node/bytes.ts'
export { createRawInflater, deflateRuns, gunzip, inflateRaw } from './node/compression.ts'
export { startTimer } from './node/timer.ts'
