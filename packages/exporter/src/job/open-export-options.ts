import type { DescribedList, ErrorEntry } from '@ahi-dicom/export-files'
import type { InstanceUids } from '../errors.ts'
import type { ExportSummary } from '../record/summary.ts'
import type { GivenSelector, StudySelector } from '../selection/selector.ts'
import type { ExportOptions } from './job.ts'

/** Options of `openExport`. Filters apply to each image set. */
export interface OpenExportOptions extends Omit<ExportOptions, 'selectors'> {
  /**
   * The selection that the image sets come from, for the record. A later export of the same selection, or a sync, can
   * then continue this one. A list that is too long for the record may be given as its length and digest. Default:
   * unknown.
   */
  readonly selection?: { readonly selectors: 'all' | readonly GivenSelector[] | DescribedList } | undefined
}

/** An image set to export. Each optional member narrows it. Without them, all instances are exported. */
export interface ImageSetToExport {
  readonly imageSetId: string
  readonly versionId: string
  /** Export only instances that match one of these. An empty list matches all. */
  readonly selectors?: readonly StudySelector[] | undefined
  /** Export only these instances. Not possible with series formats. */
  readonly instances?: readonly InstanceUids[] | undefined
  /**
   * Image sets that take precedence if two contain the same instance. Instances that one of them exports are left out.
   * If a format makes files of series, a series of which one of them exports instances fails with
   * `SERIES_IN_TWO_IMAGE_SETS`.
   */
  readonly after?: readonly EarlierImageSet[] | undefined
  /**
   * Export only this part of the wanted instances, in the order of the document. `end` is exclusive. Not possible with
   * series formats.
   */
  readonly range?: { readonly start: number; readonly end: number } | undefined
  /**
   * Called once the document is read, with the number of wanted instances before `range` applies. Awaited before the
   * first instance is started.
   */
  readonly onLoaded?: ((found: { readonly instances: number }) => void | Promise<void>) | undefined
}

/** An image set that takes precedence, with the selectors that it is exported with. */
interface EarlierImageSet extends Pick<ImageSetToExport, 'imageSetId' | 'versionId'> {
  /** Only instances that match one of these are left out. An empty or absent list matches all. */
  readonly selectors?: readonly StudySelector[] | undefined
}

/** The result of one image set. */
export interface ExportedImageSet {
  /** Instances written. */
  readonly instances: number
  /** Frames in the written instances. */
  readonly frames: number
  /** Size of the written files, in bytes. */
  readonly byteLength: number
  /** Instances that were already at the destination. */
  readonly skipped: number
  /** Failures of the image set and its instances, as lines of `errors.ndjson`. */
  readonly failures: readonly ErrorEntry[]
  /** Instances that failed: one of their own files, or a file of their series, could not be written. */
  readonly left: readonly InstanceUids[]
  /** The given `selectors` that matched at least one instance. */
  readonly met: readonly StudySelector[]
}

/** An export that takes one image set after the other. */
export interface OpenExport extends AsyncDisposable {
  /**
   * Exports an image set. Resolves once its files and their lines in the record survive a power cut. Failures are
   * recorded and returned in the result, so other image sets continue. You may call it for any number of image sets at
   * a time: documents and frames wait for free memory. If `signal` aborts, no more instances are started, and the call
   * does not wait for those in progress.
   *
   * @throws {ExportEndedError} if the export ends first; it lists the instances left, if they are known
   * @throws {TypeError} if the range is invalid, or if it or `instances` is given with a format of series
   */
  exportImageSet(
    imageSet: ImageSetToExport,
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<ExportedImageSet>
  /** Settles when the export has ended: by {@link close}, a fatal failure, an outage or an abort. Never rejects. */
  readonly ended: Promise<void>
  /**
   * Ends the export, and aborts unfinished calls. Resolves with the summary, even if the export has already ended by
   * itself.
   */
  close(): Promise<ExportSummary>
}
