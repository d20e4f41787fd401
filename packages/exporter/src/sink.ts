import type { DicomInstance, InstanceNoticeCode } from '@ahi-dicom/dicomizer'
import type { ExportSummary } from './summary.ts'

/** Names one SOP instance of one image set. */
export interface InstanceKey {
  readonly datastoreId: string
  readonly imageSetId: string
  /** Version of the image set the instance was read from. */
  readonly versionId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
}

/** What a sink is handed: a DICOM instance whose frames are fetched, decoded and verified as the sink reads them. */
export type SinkInstance = Omit<DicomInstance, 'dataset'>

/** One file (or object, or record) that a sink has written. */
export interface WrittenFile {
  /** Relative to the sink, with forward slashes. */
  readonly path: string
  /** Such as `dcm` or `png`. */
  readonly format: string
  readonly byteLength: number
  /** SHA-256 of the file in lower hex. */
  readonly sha256: string
  /** Zero-based frame that the file shows, where it shows one frame only. */
  readonly frame?: number | undefined
}

/** Whether the frames of an instance were compared with AHI's checksums. `none`: nothing to compare was written. */
export type ChecksumResult = 'verified' | 'unverified' | 'none'

/** One line of `manifest.ndjson`: one written file. */
export interface ManifestEntry extends InstanceKey {
  readonly sopClassUid: string
  readonly path: string
  readonly format: string
  readonly bytes: number
  readonly sha256: string
  /** Frames of the instance, of integers or real numbers. */
  readonly frames: number
  /** Zero-based frame that the file shows, where it shows one frame only. */
  readonly frame?: number | undefined
  /** Transfer syntax of the frames in AHI; absent for instances without frames. */
  readonly storedTransferSyntaxUid?: string | undefined
  /** Transfer syntax of the Part 10 form. */
  readonly transferSyntaxUid: string
  /** Where the pixels come from: frames, AHI's own file of the instance, or there are none. */
  readonly source: 'frames' | 'instance' | 'none'
  readonly checksum: ChecksumResult
  /** What a reader of the instance should know, each code once; absent where there is nothing. */
  readonly notices?: readonly InstanceNoticeCode[] | undefined
  /** Whether something that AHI has of the instance could not be written: it counts as failed. */
  readonly hasLoss?: true | undefined
}

/** One line of `errors.ndjson`: what could not be exported and why. Identifiers and codes only, no patient data. */
export interface ErrorEntry {
  readonly datastoreId: string
  readonly imageSetId?: string | undefined
  readonly studyInstanceUid?: string | undefined
  readonly seriesInstanceUid?: string | undefined
  readonly sopInstanceUid?: string | undefined
  readonly imageFrameId?: string | undefined
  readonly code: string
  readonly message: string
  /** Whether running the job again may succeed. */
  readonly retryable: boolean
}

/**
 * One line of `warnings.ndjson`: what a reader of written instances should know, once for each code and attribute of a
 * series in an image set. Identifiers, codes and tags only, no patient data.
 */
export interface WarningEntry extends InstanceKey {
  readonly code: InstanceNoticeCode
  /** `GGGGEEEE`, where it is about one attribute. */
  readonly tag?: string | undefined
  /** Of the instance that is named, the first one that it concerns. */
  readonly message: string
  /** How many instances of the series it concerns. */
  readonly instances: number
}

/** What a sink is told with an instance. */
export interface SinkWriteOptions {
  readonly signal: AbortSignal
  /** Frames of `frame()`, wanted or held, for which the memory set aside for the instance has room at a time. */
  readonly maxFrames: number
  /**
   * Takes the reason why a file of the instance could not be made although the files that `write` resolves with could:
   * those are journaled, the reason is reported, and the instance counts as failed.
   */
  readonly onFailure: (error: unknown) => void
}

/**
 * Where an export goes: a directory, a bucket, a test's memory. The exporter calls `open` first, then `completed`,
 * `write`, `journal` and `report` (several instances at a time), and `close` last, also after a failure.
 *
 * Reading an instance by `part10()` stays within the memory that the exporter has set aside for it, and so does reading
 * it by `frame()`, one after the other, as long as no more than `maxFrames` of them are held.
 *
 * An error that makes every further write useless (disk full, no permission) carries `fatal: true`, or is or has as
 * `cause` a system error with such a code (`ENOSPC`, `EACCES`, `EROFS`, …): it stops the job.
 */
export interface InstanceSink {
  /**
   * Whether `write` reads frames more than once, such as by `part10()` for a file and by `frame()` for pictures. The
   * frames of an instance are then kept while it is written, where its share of the memory has room for all of them;
   * those of larger instances are fetched each time. Default false.
   */
  readonly rereadsFrames?: boolean | undefined
  /**
   * Whether the sink has no more use for chunks and frames of an instance once its `write` has resolved. Their memory is
   * then given back at once, before the next garbage collection finds it: arrays that are held on to become empty.
   * Default false.
   */
  readonly keepsNoBytes?: boolean | undefined
  /** Creates or claims the target. A rejection ends the job before it begins. */
  open(): Promise<void>
  /** Whether the instance is written, journaled and still there, so that it need not be fetched again. */
  completed(key: InstanceKey): boolean
  /** Writes one instance. Resolves once its files would survive a crash; on rejection nothing of it is left. */
  write(instance: SinkInstance, options: SinkWriteOptions): Promise<readonly WrittenFile[]>
  /** Records one written file; called after `write` has resolved. */
  journal(entry: ManifestEntry): Promise<void>
  /** Records one failure. */
  report(entry: ErrorEntry): Promise<void>
  /** Records one warning; called when the instances of an image set are written, and before `close`. Default: none is. */
  warn?: ((entry: WarningEntry) => Promise<void>) | undefined
  close(summary: ExportSummary): Promise<void>
}
