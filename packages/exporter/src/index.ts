/**
 * Export jobs from AWS HealthImaging: select image sets, fetch, decode and verify their frames, hand DICOM instances to
 * memory or to a destination, and record what failed.
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
  ChecksumResult,
  Destination,
  ErrorEntry,
  FileWriter,
  Format,
  InstanceKey,
  LaneModule,
  LockWait,
  ManifestEntry,
  OutputMode,
  RecordStore,
  WarningEntry,
} from '@ahi-dicom/export-files'
export {
  ExporterClosedError,
  FilterError,
  FileNotReportedError,
  InstanceLossError,
  LaneError,
  NothingSelectedError,
  SelectorError,
  WholeInstanceError,
} from './errors.ts'
export { equalsFilter } from './filter/attribute-filter.ts'
export { excludeFilter, parseFilter } from './filter/parse-filter.ts'
export { createExporter } from './exporter.ts'
export type { Exporter, ExporterOptions, MetadataOptions } from './exporter.ts'
export type { ExportOptions } from './job/job.ts'
export type { InstanceOptions } from './lane/lane-item.ts'
export type { ReadImageSetOptions, ReadOptions, ReadStudyOptions } from './read/read-instances.ts'
export type { ExportProgress } from './record/progress.ts'
export type { ExportOutcome, ExportSummary, InstanceCounts, JobSummary, UnrecordedEntries } from './record/summary.ts'
export type { ExporterClient } from './selection/client.ts'
export type { ListOptions } from './selection/load-listed.ts'
export type { ListSeriesOptions, SeriesSummary } from './selection/list-series.ts'
export type { ExportPlan, PlannedImageSet, PlanOptions } from './selection/plan.ts'
export { describeSelection } from './selection/describe-selection.ts'
export type { FilterDescription, SelectionDescription } from './selection/describe-selection.ts'
export type { InstanceFilter } from './selection/instance-filter.ts'
export type { NonPrimary, SelectionOptions } from './selection/selection-options.ts'
export { formatSelector, parseSelector } from './selection/selector.ts'
export type { ImageSetSelector, Selector, Selectors, StudySelector } from './selection/selector.ts'
