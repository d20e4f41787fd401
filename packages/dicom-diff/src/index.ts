/**
 * Compares DICOM files attribute by attribute and pixel by pixel, and recognises the normalisations of AWS
 * HealthImaging.
 * @module
 */
export { normalisations } from './normalisations.ts'
export type { NormalisationId } from './normalisations.ts'
export type { Scope } from './attributes/scope.ts'
export type { Difference, DifferenceKind, Side } from './difference.ts'
export { compareInstances } from './instance/compare-instances.ts'
export type { CompareOptions, InstanceComparison } from './instance/compare-instances.ts'
export type { PixelOutcome } from './pixels/compare-pixels.ts'
export type { DecodeCodeStream } from './pixels/frame-source.ts'
export { readFileFrame } from './pixels/read-file-frame.ts'
export type { FileFrame, ReadFileFrameOptions } from './pixels/read-file-frame.ts'
export { diffFolders } from './folders/diff-folders.ts'
export type { DiffOptions } from './folders/diff-folders.ts'
export type { ComparedFiles, DiffEvent, DiffSummary, FileFinding } from './folders/events.ts'
export type { FileFolder, FolderEntry, OpenFile } from './folders/file-folder.ts'
