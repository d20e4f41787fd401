/** DICOM Part 10 files and PNGs on disk: layouts, atomic writes, a journal that a later run takes up. */
export { directorySink } from './directory-sink.ts'
export type {
  DirectorySink,
  DirectorySinkOptions,
  OutputMode,
  SinkWriteOptions,
  WrittenFile,
} from './directory-sink.ts'
export { LayoutError, OutputError } from './errors.ts'
export type { LayoutErrorCode, OutputErrorCode } from './errors.ts'
export type { OutputFormat } from './file-names.ts'
export type { FrameSelector } from './frame-selection.ts'
export type { InstanceIdentity, Part10Source, SinkInstance } from './instance.ts'
export { DEFAULT_LAYOUT, parseLayout } from './layout.ts'
export type { Layout } from './layout.ts'
export type { ErrorEntry, ManifestEntry, WarningEntry } from './manifest.ts'
export { verifyDirectory } from './verify-directory.ts'
export type { VerificationEvent, VerificationProblem, VerificationSummary, VerifyOptions } from './verify-directory.ts'
export { writeAtomically } from './write-atomically.ts'
export type { FileDigest, WriteOptions } from './write-atomically.ts'
export { writePart10 } from './write-part10.ts'
export { writePng } from './write-png.ts'
export type { InstanceKey } from './written-index.ts'
