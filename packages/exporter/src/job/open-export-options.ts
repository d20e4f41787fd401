import type { DescribedList, ErrorEntry } from '@ahi-dicom/export-files'
import type { InstanceUids } from '../errors.ts'
import type { ExportSummary } from '../record/summary.ts'
import type { GivenSelector, StudySelector } from '../selection/selector.ts'
import type { ExportOptions } from './job.ts'

/** Options of `openExport`. Filters apply to each image set. */
export interface OpenExportOptions extends Omit<ExportOptions, 'selectors'> {
  /**
   * What the image sets are selected by, for the record: an export of the same selection, or a sync, can go on with it. A
   * list that is too long for the record may be given by its number and digest. Default: nobody knows.
   */
  readonly selection?: { readonly selectors: 'all' | readonly GivenSelector[] | DescribedList } | undefined
}

/** What to export of an image set. Each member leaves out more; without them all of it is exported. */
export interface ImageSetToExport {
  readonly imageSetId: string
  readonly versionId: string
  /** Only what these name. Empty: all of it. */
  readonly selectors?: readonly StudySelector[] | undefined
  /** Only these. */
  readonly instances?: readonly InstanceUids[] | undefined
  /** Image sets that come first by the rule of duplicates: wanted instances that one of them has are left out. */
  readonly after?: readonly { readonly imageSetId: string; readonly versionId: string }[] | undefined
  /** Which of the wanted instances, in the order of the document: from `start` to before `end`. */
  readonly range?: { readonly start: number; readonly end: number } | undefined
  /** Called once the document is there, with the wanted instances before `range`. Awaited before an instance is begun. */
  readonly onLoaded?: ((found: { readonly instances: number }) => void | Promise<void>) | undefined
}

/** What became of an image set. */
export interface ExportedImageSet {
  /** Instances that were written. */
  readonly instances: number
  /** Frames of these. */
  readonly frames: number
  /** Bytes of the files of these. */
  readonly byteLength: number
  /** Instances that were at the destination already. */
  readonly skipped: number
  /** Of the image set, or of its instances: the lines of `errors.ndjson`. */
  readonly failures: readonly ErrorEntry[]
  /** Instances that failed. */
  readonly left: readonly InstanceUids[]
  /** Those of `selectors` that led to instances. */
  readonly met: readonly StudySelector[]
}

/** An export that is told one by one what to export. */
export interface OpenExport extends AsyncDisposable {
  /**
   * Exports an image set. Resolves once its files and their lines in the record survive a power cut. What fails is recorded
   * and told by the result, so that the others go on. Call it for as many at a time as there are: documents and frames wait
   * for their memory. If `signal` aborts, no more instances are begun, and nobody waits for those that are.
   *
   * @throws {ExportEndedError} if the export ends before that; it tells what is left, where that is known
   * @throws {TypeError} for a range that is none
   */
  exportImageSet(
    imageSet: ImageSetToExport,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<ExportedImageSet>
  /** Settles once the export is over: by {@link close}, a fatal failure, an outage or an abort. Never rejects. */
  readonly ended: Promise<void>
  /** Ends the export. What is not done is cut short. Resolves with the summary, also if the export has ended by itself. */
  close(): Promise<ExportSummary>
}
