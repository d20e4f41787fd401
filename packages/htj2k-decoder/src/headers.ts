/**
 * Reads the headers of code streams: {@link readFrameHeader} tells what the bytes of a frame are. It loads no codec.
 * @module
 */
export { withoutBoxes } from './headers/boxes.ts'
export { readFrameHeader } from './headers/frame-header.ts'
export type { FrameHeader, JpegXlHeader } from './headers/frame-header.ts'
export type { Jpeg2000Header } from './headers/jpeg-2000-header.ts'
export type { JpegHeader } from './headers/jpeg-header.ts'
export type { JpegProcess } from './headers/jpeg-segments.ts'
export { prefixLength } from './headers/prefix-length.ts'
export type { PrefixLengthOptions } from './headers/prefix-length.ts'
export { readCodeStreamEnd } from './headers/code-stream-end.ts'
export type { CodeStreamEnd } from './headers/code-stream-end.ts'
