/**
 * Writes, records and verifies the files of a DICOM export: formats, paths, the record, and the interface of a
 * destination.
 * @module
 */
export { readExport } from './contents/read-export.ts'
export type { FailureOfExport, WarningOfExport } from './contents/read-entries.ts'
export type { ExportContents, FileOfExport, ReadExportOptions } from './contents/read-export.ts'
export { checkUse } from './destination/check-use.ts'
export type {
  CheckDestinationOptions,
  CloseDestinationOptions,
  Destination,
  DestinationLimits,
  DestinationUse,
  FreeSpace,
  LaneModule,
  ListedFile,
  OpenDestinationOptions,
  OutputMode,
  WritersOptions,
} from './destination/destination.ts'
export type { DocumentKey, DocumentStore } from './destination/document-store.ts'
export type { FileContent, ReadFileOptions } from './destination/file-content.ts'
export type {
  DestinationAnswer,
  FileDigest,
  FileWriter,
  FormatSettings,
  OutputFile,
  StoredFile,
  WriteFileOptions,
  WrittenFile,
} from './destination/file-writer.ts'
export { memoryRecord } from './destination/memory-record.ts'
export { joinMasks, maskPath } from './destination/path-mask.ts'
export type { PathMask } from './destination/path-mask.ts'
export { dicomdirPath, pageName, recordNames, stagedName, stagingFolder } from './destination/record-store.ts'
export type {
  LockOptions,
  LockWait,
  NamedRecord,
  RecordLock,
  RecordLog,
  RecordStore,
} from './destination/record-store.ts'
export { LayoutError, OutputError, PictureEncodingError, SeriesFileError, SharpError, ZarritaError } from './errors.ts'
export type {
  LayoutErrorCode,
  OutputErrorCode,
  PictureEncodingErrorCode,
  SeriesFileErrorCode,
  SharpErrorCode,
  ZarritaErrorCode,
} from './errors.ts'
export { contactSheetFormat } from './format/contact-sheet-format.ts'
export type { ContactSheetFormatOptions } from './format/contact-sheet-format.ts'
export { createFormats, formatNames } from './format/create-formats.ts'
export type { FormatName, FormatOf, FormatOptions, SeriesFormatName } from './format/create-formats.ts'
export { animationNames, createSeriesAnimations } from './format/create-series-animations.ts'
export type { AnimationName, SeriesAnimationOptions } from './format/create-series-animations.ts'
export { dcmFormat } from './format/dcm-format.ts'
export type { Accuracy, ForeseenFiles, Format, FormatFile, FormatItem } from './format/format.ts'
export { selectFrames } from './format/frame-selection.ts'
export type { FrameSelection, FrameSelector } from './format/frame-selection.ts'
export { gzippedNiftiFormat, niftiFormat } from './format/nifti-formats.ts'
export type { NiftiFormatOptions } from './format/nifti-formats.ts'
export { npzFormat } from './format/npz-format.ts'
export type { PictureFormatOptions } from './format/picture-format.ts'
export { pngFormat } from './format/png-format.ts'
export type { PngFormatOptions } from './format/png-format.ts'
export { isInstanceFormat, isSeriesFormat } from './format/series-format.ts'
export type {
  AnyFormat,
  ForeseenSeriesFiles,
  RecordedFormat,
  SeriesFile,
  SeriesFormat,
  SeriesFormatItem,
} from './format/series-format.ts'
export { gifFormat, gifSeriesFormat, jpgFormat, webpFormat, webpSeriesFormat } from './format/sharp-formats.ts'
export type { GifFormatOptions, JpgFormatOptions, WebpFormatOptions } from './format/sharp-formats.ts'
export type { VolumeFormatOptions } from './format/volume-format.ts'
export { zarrFormat } from './format/zarr-format.ts'
export { writeSeriesFiles } from './format/write-series-files.ts'
export type { SeriesToWrite, WriteSeriesOptions, WrittenSeriesFile } from './format/write-series-files.ts'
export { writeInstanceFiles } from './format/write-instance-files.ts'
export type { InstanceToWrite, WriteInstanceOptions } from './format/write-instance-files.ts'
export { directoryEntry, missingKeys } from './media/directory-entry.ts'
export type { DirectoryEntry, InstanceToList, ReadableAttributes } from './media/directory-entry.ts'
export { createKeyMap } from './keys/key-map.ts'
export type { KeyMap, KeyMapOptions } from './keys/key-map.ts'
export { createKeySet } from './keys/key-set.ts'
export type { KeySet } from './keys/key-set.ts'
export { openTemporaryDatabase, writeTemporary, type TemporaryDatabaseOptions } from './keys/temporary-database.ts'
export { mergeRecords } from './merge/merge-records.ts'
export type {
  FailedInstances,
  FileConflict,
  MergedCounts,
  MergedInstance,
  MergedRecords,
  MergeOptions,
} from './merge/merged-records.ts'
export { defaultLayout, defaultSeriesLayout } from './layout/layout.ts'
export type { Layout, LayoutInstance, LayoutSeries, SeriesLayout } from './layout/layout.ts'
export { mediaLayout } from './layout/media-layout.ts'
export { filePath } from './format/file-path.ts'
export { parseSeriesLayout } from './layout/series-layout.ts'
export { parseLayout } from './layout/parse-layout.ts'
export { describeFormats, readDescription } from './record/description.ts'
export type {
  DescribedFiles,
  DescribedFormat,
  DescribedList,
  DescribedSelection,
  ExportDescription,
  RecordedDescription,
} from './record/description.ts'
export type {
  ChecksumResult,
  ErrorEntry,
  FileRequest,
  FinishedEntry,
  InstanceFileEntry,
  InstanceKey,
  ItemKey,
  RequestedForm,
  ManifestEntry,
  RemovalEntry,
  RemovedImageSetEntry,
  SeriesFileEntry,
  SeriesKey,
  StagedEntry,
  StartOverEntry,
  WarningEntry,
} from './record/entries.ts'
export type { ExportRecord, FinishOptions, LostFile } from './record/export-record.ts'
export type { ImageSetRecord, ImageSetToFinish, ImageSetToReplace } from './record/image-set-record.ts'
export { lessVerified } from './record/checksum-order.ts'
export type { RecordedImageSet } from './record/image-sets.ts'
export { instancesDigest } from './record/item-digest.ts'
export type { ItemIds } from './record/item-digest.ts'
export type { RecordedFile, RecordedInstanceFile, RecordedSeriesFile } from './record/manifest-line.ts'
export { readAhead } from './reading/read-ahead.ts'
export { heldTokens, msUntilGone, parseHolder, thisHolder } from './record/lock-holder.ts'
export type { LockExpiry, LockHolder } from './record/lock-holder.ts'
export { waitForLock } from './record/lock-wait.ts'
export { countFinishedInstances, countRecordedInstances } from './record/recorded-instances.ts'
export type { RecordedInstances } from './record/recorded-instances.ts'
export { openRecord } from './record/open-record.ts'
export type { OpenRecordOptions } from './record/open-record.ts'
export type { FileCounts, RecordState } from './record/record-state.ts'
export { sealed, sealedText } from './record/sealed-json.ts'
export type { Sealed } from './record/sealed-json.ts'
export type { ClosedSummary } from './record/summary-file.ts'
export type { CompletedItem } from './record/written-index.ts'
export { maskedPath } from './verify/shown-path.ts'
export { verifyExport } from './verify/verify-export.ts'
export type {
  DigestFileOptions,
  VerificationEvent,
  VerificationProblem,
  VerificationSummary,
  VerifyOptions,
} from './verify/verify-export.ts'
