/**
 * HTJ2K, JPEG 2000 and JPEG code streams to pixels: {@link decodeFrame} in this thread, {@link createDecoderPool} in many.
 * @module
 */
export { readCodeStreamHeader } from './code-stream-header.ts'
export type { CodeStreamHeader } from './code-stream-header.ts'
export type { CodingStyle, ComponentStyle, ProgressionOrder } from './coding-style.ts'
export { decodeFrame } from './decode-frame.ts'
export type { DecodeOptions } from './decode-frame.ts'
export type { DecodedFrame } from './decoded-frame.ts'
export { CodeStreamError, DecodeTimeoutError, DecoderPoolError } from './errors.ts'
export type { CodeStreamErrorCode, DecoderPoolErrorCode } from './errors.ts'
export type { ImageSize } from './image-size.ts'
export { createDecoderPool } from './pool.ts'
export type { DecoderPool, DecoderPoolOptions, PoolDecodeOptions } from './pool.ts'
