/**
 * A local AWS HealthImaging: its HTTP API over a folder on disk.
 * @module
 */
export { connectionHelp } from './command/connection-help.ts'
export type { EmulatorConnection } from './command/connection-help.ts'
export { importMessages, readyReport } from './command/ready-report.ts'
export type { ReadyReport } from './command/ready-report.ts'
export { startEmulator } from './emulator.ts'
export type {
  CreateDatastoreOptions,
  Emulator,
  EmulatorFaults,
  EmulatorOptions,
  EmulatorRequest,
  ImportOptions,
} from './emulator.ts'
export type { DocumentForm } from './document/encode-data-set.ts'
export { DataFolderError, FaultRulesError, NothingToImportError, UnknownDatastoreError } from './errors.ts'
export type { AuthenticationOptions } from './access/authentication.ts'
export type { EmulatorCounters } from './server/counters.ts'
export { parseFaultRules } from './faults/fault-rules.ts'
export type { Duration, Fault, FaultRule, FaultRules } from './faults/fault-rules.ts'
export { loadFaultRules } from './faults/load-fault-rules.ts'
export { parseAccessKey } from './access/parse-access-key.ts'
export type { Quota, Quotas } from '@ahi-dicom/ahi-client/quotas'
export type { AccessKey } from './access/verify-signature.ts'
export type { ImportedImageSet, ImportReport, ImportWarning, RejectedFile } from './import/import-report.ts'
export type { ImportInput } from './import/import-source.ts'
export type { S3Options } from './files/s3-folder.ts'
export { generateStudy } from './phantom/generate-study.ts'
export type { GeneratedFile, GenerateStudyOptions } from './phantom/generate-study.ts'
export type { ServiceErrorType } from './operation/service-error.ts'
export type { SyntheticImageSet } from './import/add-synthetic-image-sets.ts'
export type { SyntheticImageSetOptions } from './synthetic/options.ts'
