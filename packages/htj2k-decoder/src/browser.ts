/**
 * Sets the location of the codecs' WebAssembly files, which only browsers need.
 * @module
 */
export { setCodecFiles } from './codecs/codec-files.ts'
export type { CodecFile, CodecFiles } from './codecs/codec-files.ts'
export { CodecFileError } from './errors.ts'
