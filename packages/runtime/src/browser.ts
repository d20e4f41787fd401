/**
 * The same functions as `index.ts`, for browsers.
 * @module
 */
export { isLittleEndian } from './byte-order.ts'
export { InflateError } from './errors.ts'
export { joinBytes } from './join-bytes.ts'
export { latin1Bytes } from './latin1-bytes.ts'
export { fromBase64, latin1Text, swapBytesInPlace, toBase64 } from './browser/bytes.ts'
export { createRawInflater, deflateRuns, gunzip, inflateRaw } from './browser/compression.ts'
export { crc32 } from './browser/crc32.ts'
export { startTimer } from './browser/timer.ts'
