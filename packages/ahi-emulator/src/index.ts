/**
 * A local AWS HealthImaging: its HTTP API over a folder on disk.
 * @module
 */
export { connectionHelp } from './connection-help.ts'
export type { EmulatorConnection } from './connection-help.ts'
export { startEmulator } from './emulator.ts'
export type { CreateDatastoreOptions, Emulator, EmulatorFaults, EmulatorOptions, ImportOptions } from './emulator.ts'
export type { DocumentForm } from './dicom/encode-attributes.ts'
export { DataFolderError, FaultRulesError, NothingToImportError, UnknownDatastoreError } from './errors.ts'
export type { AuthenticationOptions } from './gates/authentication.ts'
export type { EmulatorCounters } from './gates/counters.ts'
export { parseFaultRules } from './gates/fault-rules.ts'
export type { Duration, Fault, FaultRule, FaultRules } from './gates/fault-rules.ts'
export { loadFaultRules } from './gates/load-fault-rules.ts'
export { parseAccessKey } from './gates/parse-access-key.ts'
export { DOCUMENTED_QUOTAS } from './gates/quotas.ts'
export type { Quota, Quotas } from './gates/quotas.ts'
export type { AccessKey } from './gates/verify-signature.ts'
export type { ImportedImageSet, ImportReport, ImportWarning, RejectedFile } from './import/import-dicom.ts'
export type { ImportInput } from './import/import-source.ts'
export { generateStudy } from './generate-study.ts'
export type { GeneratedFile, GenerateStudyOptions } from './generate-study.ts'
export type { ServiceErrorType } from './server/service-error.ts'
