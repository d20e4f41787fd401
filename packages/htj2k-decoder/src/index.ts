/**
 * Decodes HTJ2K, JPEG 2000 and JPEG code streams to pixels: {@link decodeFrame} in this thread, {@link
 * createDecoderPool} in several threads.
 * @module
 */
export { canDecode } from './checks/can-decode.ts'
export type { KnownCoding } from './checks/can-decode.ts'
export { readCodeStreamHeader } from './checks/code-stream-header.ts'
export type { CodeStreamHeader } from './checks/code-stream-header.ts'
export type { CodingStyle, ComponentStyle, ProgressionOrder } from './checks/coding-style.ts'
export type { ImageSize } from './checks/image-size.ts'
export { decodeFrame } from './decode/decode-frame.ts'
export type { DecodeOptions, PixelMemory } from './decode/decode-frame.ts'
export type { DecodedFrame } from './decode/decoded-frame.ts'
export { CodeStreamError, DecodeTimeoutError, DecoderPoolError } from './errors.ts'
export type { CodeStreamErrorCode, DecoderPoolErrorCode } from './errors.ts'
export { createFrameMemory } from './memory/frame-memory.ts'
export type { FrameMemory, FrameMemoryOptions } from './memory/frame-memory.ts'
export { createDecoderPool } from '#decoder-pool'
export type { DecoderPool, PoolDecodeOptions } from './pool/decoder-pool.ts'
export type { DecoderPoolOptions } from './pool/settings.ts'
