/**
 * Writes an export into one ZIP or tar, as a file or into a stream.
 * @module
 */
export { archiveDestination } from './archive-destination.ts'
export type { ArchiveFileOptions, ArchiveOptions } from './archive-destination.ts'
export { archiveFormatOf } from './format/archive-format.ts'
export type { ArchiveFormat } from './format/archive-format.ts'
export { streamDestination } from './stream-destination.ts'
export type { StreamOptions } from './stream-destination.ts'
