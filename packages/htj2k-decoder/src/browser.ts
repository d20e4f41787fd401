/**
 * What only browsers need: where the WebAssembly files of the codecs are.
 * @module
 */
export { setCodecFiles } from './codecs/codec-files.ts'
export type { CodecFile, CodecFiles } from './codecs/codec-files.ts'
export { CodecFileError } from './errors.ts'
