/**
 * Export jobs from AWS HealthImaging: select image sets, fetch, decode and verify their frames, hand DICOM instances to
 * memory or to a sink, and report what failed.
 * @module
 */
export type { ExporterClient } from './client.ts'
export {
  ExporterClosedError,
  InstanceLossError,
  NothingSelectedError,
  SelectorError,
  WholeInstanceError,
} from './errors.ts'
export { createExporter } from './exporter.ts'
export type { Exporter, ExporterOptions, MetadataOptions } from './exporter.ts'
export type { ExportOptions } from './job.ts'
export type { ListSeriesOptions, SeriesSummary } from './list-series.ts'
export type { InstanceOptions } from './open-instance.ts'
export type { ExportPlan, PlannedImageSet, PlanOptions } from './plan.ts'
export type { ExportProgress } from './progress.ts'
export type { ReadImageSetOptions, ReadOptions, ReadStudyOptions } from './read-instances.ts'
export { formatSelector, parseSelector } from './selector.ts'
export type { ImageSetSelector, Selector, Selectors, StudySelector } from './selector.ts'
export type {
  ChecksumResult,
  ErrorEntry,
  InstanceKey,
  InstanceSink,
  ManifestEntry,
  SinkInstance,
  SinkWriteOptions,
  WarningEntry,
  WrittenFile,
} from './sink.ts'
export type { ExportOutcome, ExportSummary, InstanceCounts } from './summary.ts'
