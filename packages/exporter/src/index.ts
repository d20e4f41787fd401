/**
 * Export jobs for AWS HealthImaging: select image sets, fetch, decode and verify their frames, write DICOM instances to
 * memory or to a destination, and record failures.
 * @module
 */
export type {
  DicomInstance,
  FrameDecoder,
  FrameReader,
  InstanceNotice,
  InstanceNoticeCode,
  PixelArray,
} from '@ahi-dicom/dicomizer'
export type {
  AnyFormat,
  ChecksumResult,
  Accuracy,
  Destination,
  DocumentKey,
  DocumentStore,
  ErrorEntry,
  FileWriter,
  Format,
  FreeSpace,
  InstanceFileEntry,
  InstanceKey,
  LaneModule,
  LockWait,
  ManifestEntry,
  OutputMode,
  RecordStore,
  SeriesFileEntry,
  SeriesFormat,
  WarningEntry,
} from '@ahi-dicom/export-files'
export type { PlannedVolume, Volume } from '@ahi-dicom/volumes'
export {
  ColumnError,
  ExportEndedError,
  ExporterClosedError,
  FilterError,
  FileNotReportedError,
  ImageSetNotReplacedError,
  InstanceLossError,
  LaneError,
  NothingSelectedError,
  ParquetWriterMissingError,
  SelectorError,
  SeriesInTwoImageSetsError,
  WholeInstanceError,
} from './errors.ts'
export type { ExportEndedCode, InstanceUids } from './errors.ts'
export { equalsFilter } from './filter/attribute-filter.ts'
export { excludeFilter, parseFilter } from './filter/parse-filter.ts'
export { createExporter } from './exporter.ts'
export type { Exporter, ExporterOptions, MetadataOptions } from './exporter.ts'
export type { ExportOptions, SyncOptions } from './job/job.ts'
export type { ExportedImageSet, ImageSetToExport, OpenExport, OpenExportOptions } from './job/open-export-options.ts'
export { cacheDocuments } from './documents/cache-documents.ts'
export type { CacheDocumentsOptions } from './documents/cache-documents.ts'
export type { InstanceOptions } from './lane/lane-item.ts'
export { estimateCost } from './plan/cost.ts'
export type { CostEstimate, CostItem, CostName } from './plan/cost.ts'
export type {
  ExportPlan,
  PlannedDisk,
  PlannedFiles,
  PlannedImageSet,
  PlanOptions,
  PlanProgress,
} from './plan/export-plan.ts'
export { estimateSeconds } from './plan/duration.ts'
export type { DurationEstimate, DurationOptions, TransferRate } from './plan/duration.ts'
export type { PlannedRequests } from './plan/observed-client.ts'
export type { PlannedBytes } from './plan/planned-bytes.ts'
export { parsePrices, PricesError, publishedPrices } from './plan/prices.ts'
export type { Prices } from './plan/prices.ts'
export type { LoadVolumeOptions } from './read/load-volumes.ts'
export type { ReadImageSetOptions, ReadOptions, ReadStudyOptions } from './read/read-instances.ts'
export type { ExportProgress } from './record/progress.ts'
export type { ExportOutcome, ExportSummary, InstanceCounts, JobSummary, UnrecordedEntries } from './record/summary.ts'
export type { SyncChange, SyncCounts } from './record/sync-counts.ts'
export type { ExporterClient } from './selection/client.ts'
export type { ListOptions } from './selection/load-listed.ts'
export type { ListSeriesOptions, SeriesSummary } from './selection/list-series.ts'
export { describeSelection } from './selection/describe-selection.ts'
export type { FilterDescription, SelectionDescription } from './selection/describe-selection.ts'
export type { InstanceFilter } from './selection/instance-filter.ts'
export type { SelectedVersion, SelectImageSetsOptions } from './selection/selected-versions.ts'
export type { NonPrimary, SelectionOptions } from './selection/selection-options.ts'
export { formatSelector, parseSelector, readSelector } from './selection/selector.ts'
export type {
  GivenSelector,
  ImageSetSelector,
  Selector,
  SelectorLine,
  Selectors,
  StudySelector,
} from './selection/selector.ts'
export type { SyncChoices, SyncedImageSet } from './sync/sync-options.ts'
export { cellText } from './table/cell-text.ts'
export type { TableOptions, TableProgress } from './table/read-table.ts'
export type { ColumnType, TableColumn, TableLevel, TableRow } from './table/table-column.ts'
export { splitColumns, tableColumns } from './table/table-columns.ts'
export type { TableShape } from './table/table-columns.ts'
export type { Thumbnail, ThumbnailOptions } from './thumbnails/thumbnail.ts'
export { encodeCsv } from './table-files/encode-csv.ts'
export type { CsvOptions } from './table-files/encode-csv.ts'
export { encodeNdjson, rowJson } from './table-files/encode-ndjson.ts'
export { encodeParquet } from './table-files/encode-parquet.ts'
export type { ParquetOptions } from './table-files/encode-parquet.ts'
