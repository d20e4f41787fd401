/**
 * Exports to a DICOMweb server by STOW-RS, and records the result of each instance.
 * @module
 */
export { dicomwebDestination } from './destination/dicomweb-destination.ts'
export type { DicomwebOptions } from './destination/dicomweb-options.ts'
export type { BasicCredentials, ServerSettings, SigV4Options, TlsOptions } from './http/server-settings.ts'
export type { WriterOptions } from './store/dicomweb-writer.ts'
