/**
 * Errors of export jobs. Failures of single items are recorded. The errors here are thrown to the caller, unless they
 * say otherwise.
 * @module
 */
import { printable } from '@ahi-dicom/ahi-metadata/printable'
import type { InstanceNotice, InstanceNoticeCode } from '@ahi-dicom/dicomizer'
import type { InstanceKey } from '@ahi-dicom/export-files'

/** The most characters of the caller's text that a message shows. */
const longestShown = 200

/** Thrown if a text is not a selector. The message shows the valid forms. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError'
  readonly code = 'SELECTOR_MALFORMED'
  /** The text as it was given. */
  readonly selector: string
  /** Its place in a list, as given in {@link SelectorLine}. */
  readonly place: string | undefined

  constructor(selector: string, why: string, place?: string) {
    const shown = printable(selector, { maxLength: longestShown })
    const where = place === undefined ? '' : ` (${printable(place)})`
    super(
      `Cannot select '${shown}'${where}: ${why}; a selector is an image set id (32 characters of 0-9 and a-z) or ` +
        'StudyInstanceUID[/SeriesInstanceUID[/SOPInstanceUID]]',
    )
    this.selector = selector
    this.place = place
  }
}

/** Thrown if a text is not a filter. The message shows the valid forms. */
export class FilterError extends Error {
  override readonly name = 'FilterError'
  readonly code = 'FILTER_MALFORMED'
  /** The text as it was given. */
  readonly filter: string

  constructor(filter: string, why: string) {
    super(
      `Cannot filter by '${printable(filter, { maxLength: longestShown })}': ${why}; a filter is KEYWORD=VALUE, or has !=, <, <=, > or >= instead of =, such as ` +
        'Modality=CT,MR or SliceThickness<=1.5',
    )
    this.filter = filter
  }
}

/** Thrown if a text is not a column of a table. The message shows the valid forms. */
export class ColumnError extends Error {
  override readonly name = 'ColumnError'
  readonly code = 'COLUMN_MALFORMED'
  /** The text as it was given. */
  readonly column: string

  constructor(column: string, why: string) {
    super(
      `Cannot make the column '${printable(column, { maxLength: longestShown })}': ${printable(why, { maxLength: longestShown })}; a column is a ` +
        'keyword such as PatientID, a tag such as 00100020, a private attribute such as (0019,xx0A,CREATOR), a path such as ' +
        'RequestAttributesSequence.ScheduledProcedureStepID, or one of datastoreId, imageSetId, versionId, isPrimary, storageTier, frameCount',
    )
    this.column = column
  }
}

/** Thrown if the optional package for writing Parquet is not installed. */
export class ParquetWriterMissingError extends Error {
  override readonly name = 'ParquetWriterMissingError'
  readonly code = 'PARQUET_WRITER_MISSING'

  constructor(options: { readonly cause?: unknown } = {}) {
    super(
      'Cannot write Parquet: the package hyparquet-writer is missing; install it: npm install hyparquet-writer',
      options,
    )
  }
}

/** Thrown by calls of a closed exporter, and by calls aborted by closing it. Create a new exporter. */
export class ExporterClosedError extends Error {
  override readonly name = 'ExporterClosedError'
  readonly code = 'EXPORTER_CLOSED'

  constructor() {
    super('Cannot use the exporter: it is closed; create a new one')
  }
}

/** An instance of an image set. */
export type InstanceUids = Pick<InstanceKey, 'seriesInstanceUid' | 'sopInstanceUid'>

/** Why an export ended: closed, interrupted by a signal, or the code of the failure that ended it. */
export type ExportEndedCode = 'EXPORT_CLOSED' | 'EXPORT_INTERRUPTED' | (string & {})

/**
 * Thrown if an open export ended before the image set was done. Fix the cause in the message, then open another export.
 */
export class ExportEndedError extends Error {
  override readonly name = 'ExportEndedError'
  /** The code of the failure that ended the export, `EXPORT_CLOSED` or `EXPORT_INTERRUPTED`. */
  readonly code: ExportEndedCode
  /** True if the export ended because AHI or the destination is unavailable. */
  readonly isOutage: boolean
  /**
   * The wanted instances that are not exported. The others survive a power cut. Undefined if this is unknown: after a
   * fatal failure, or before the document was read.
   */
  readonly left: readonly InstanceUids[] | undefined

  constructor(
    why: string,
    options: {
      readonly code: ExportEndedCode
      readonly isOutage: boolean
      readonly left?: readonly InstanceUids[] | undefined
    },
  ) {
    super(`Cannot export the image set: ${why}`)
    this.code = options.code
    this.isOutage = options.isOutage
    this.left = options.left
  }
}

/**
 * Reported if two image sets of an export contain instances of the same series. Files of a series are made from one
 * image set, so the second one fails. Export the two image sets to separate destinations.
 */
export class SeriesInTwoImageSetsError extends Error {
  override readonly name = 'SeriesInTwoImageSetsError'
  readonly code = 'SERIES_IN_TWO_IMAGE_SETS'
  readonly seriesInstanceUid: string
  /** The image set that the files of the series are made from, and the other one. */
  readonly imageSetIds: readonly [string, string]

  constructor(seriesInstanceUid: string, imageSetIds: readonly [string, string]) {
    const [first, second] = imageSetIds
    super(
      `Cannot write the files of series ${seriesInstanceUid} from image set ${second}: they are made from image set ${first}, ` +
        'which also contains the series; export the two image sets to separate destinations',
    )
    this.seriesInstanceUid = seriesInstanceUid
    this.imageSetIds = imageSetIds
  }
}

/**
 * Reported if an instance was written without some of its data in AHI. The rest of the file is complete. Every run that
 * resumes the export writes the instance again, and reports the loss again if it remains.
 */
export class InstanceLossError extends Error {
  override readonly name = 'InstanceLossError'
  /** The code of the first loss. */
  readonly code: InstanceNoticeCode
  /** The tags of the missing elements (`GGGGEEEE`), or keys of the document without a known tag. */
  readonly tags: readonly string[]

  constructor(losses: readonly [InstanceNotice, ...InstanceNotice[]]) {
    const [first, ...others] = losses
    const tags = losses.flatMap(({ tag }) => tag ?? [])
    const more = others.length === 0 ? '' : ` (${losses.length} losses: ${tags.join(', ')})`
    super(`Cannot write all data of the instance: ${first.message}${more}`)
    this.code = first.code
    this.tags = tags
  }
}

/**
 * Reported if it is unknown whether a file of an instance or a series is at the destination. The caller's file writer
 * or format breaks its contract: `write` must resolve with path, size and SHA-256, and a format must make a file for
 * each instance.
 */
export class FileNotReportedError extends Error {
  override readonly name = 'FileNotReportedError'
  readonly code = 'FILE_NOT_REPORTED'

  constructor(why: string) {
    super(`Cannot record the files: ${why}; check the destination and the formats of the export`)
  }
}

/**
 * Reported by exports and thrown by reads if a whole instance is requested, or is the only source, and AHI or the
 * client does not provide it. Fix the cause in the message. Most instances can be read from their frames instead.
 */
export class WholeInstanceError extends Error {
  override readonly name = 'WholeInstanceError'
  readonly code = 'WHOLE_INSTANCE_UNAVAILABLE'
  readonly imageSetId: string

  constructor(imageSetId: string, why: string) {
    super(`Cannot get whole instances of image set ${imageSetId}: ${why}`)
    this.imageSetId = imageSetId
  }
}

/** Reported by exports and thrown by loads if nothing in the data store matches a selector. Check its identifiers. */
export class NothingSelectedError extends Error {
  override readonly name = 'NothingSelectedError'
  readonly code = 'NOTHING_SELECTED'
  readonly datastoreId: string
  /** In the form that `parseSelector` reads. */
  readonly selector: string

  constructor(
    datastoreId: string,
    selector: string,
    options: {
      readonly leftOut: number
      readonly nonPrimary: 'exclude' | 'include' | 'only'
      /** The version of the image set, if the selector names one. */
      readonly versionId?: string | undefined
    },
  ) {
    const version = options.versionId === undefined ? '' : `version ${options.versionId} of `
    super(
      `Cannot find ${version}'${printable(selector, { maxLength: longestShown })}' in data store ${datastoreId}: ` +
        whyNothing(selector, options),
    )
    this.datastoreId = datastoreId
    this.selector = selector
  }
}

function whyNothing(
  selector: string,
  { leftOut, nonPrimary }: { readonly leftOut: number; readonly nonPrimary: string },
): string {
  if (leftOut === 0) {
    const isStudy = selector.includes('.') && !selector.includes('/')
    return `no instance matches; check the identifiers${isStudy ? ', and name a series as STUDY/SERIES' : ''}`
  }
  return nonPrimary === 'only'
    ? `only primary image sets have it (${leftOut}); include them`
    : `only image sets that are not primary have it (${leftOut}); include them, or select one by its id`
}

/**
 * Reported by a sync if not all files of an image set's new version could be written. The files of the recorded version
 * are kept. Fix the other failures of the image set, then sync again.
 */
export class ImageSetNotReplacedError extends Error {
  override readonly name = 'ImageSetNotReplacedError'
  readonly code = 'IMAGE_SET_NOT_REPLACED'
  readonly imageSetId: string
  /** The version that could not be written. */
  readonly versionId: string
  /** True if all failures of its instances may pass on a retry. */
  readonly retryable: boolean

  constructor(
    imageSet: { readonly imageSetId: string; readonly versionId: string },
    options: { readonly failed: number; readonly retryable: boolean },
  ) {
    const { imageSetId, versionId } = imageSet
    const { failed, retryable } = options
    super(
      `Cannot replace image set ${imageSetId} by its version ${versionId}: ${failed} of its instances failed; ` +
        'the files of the earlier version are kept; fix the causes and sync again',
    )
    this.imageSetId = imageSetId
    this.versionId = versionId
    this.retryable = retryable
  }
}

/** `LANE_FAILED`, `DECODE_TIMEOUT`, or the code of the failure that stopped the lane. */
export type LaneErrorCode = 'LANE_FAILED' | 'DECODE_TIMEOUT' | (string & {})

/** Reported for the items of a lane whose thread crashed or hung on a frame. Run the export again. */
export class LaneError extends Error {
  override readonly name = 'LaneError'
  readonly code: LaneErrorCode
  readonly imageFrameId: string | undefined
  readonly fatal: boolean

  constructor(
    code: LaneErrorCode,
    message: string,
    options: {
      readonly imageFrameId?: string | undefined
      readonly isFatal?: boolean | undefined
      readonly cause?: unknown
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.imageFrameId = options.imageFrameId
    this.fatal = options.isFatal === true
  }
}
