/**
 * A local AWS HealthImaging: its HTTP API over a folder on disk.
 * @module
 */
export { startEmulator } from './emulator.ts'
export type { CreateDatastoreOptions, Emulator, EmulatorOptions, ImportOptions } from './emulator.ts'
export type { DocumentForm } from './dicom/encode-attributes.ts'
export { DataFolderError, NothingToImportError, UnknownDatastoreError } from './errors.ts'
export type { ImportedImageSet, ImportReport, ImportWarning, RejectedFile } from './import/import-dicom.ts'
export type { ImportInput } from './import/import-source.ts'
export { generateStudy } from './generate-study.ts'
export type { GeneratedFile, GenerateStudyOptions } from './generate-study.ts'
