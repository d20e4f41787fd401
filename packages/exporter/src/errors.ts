/**
 * Errors of export jobs. Failures of items are recorded; these are thrown to the caller.
 * @module
 */
import { printable } from '@ahi-dicom/ahi-metadata/printable'
import type { InstanceNotice, InstanceNoticeCode } from '@ahi-dicom/dicomizer'
import type { InstanceKey } from '@ahi-dicom/export-files'

/** Most characters of a text of the caller that a message shows. */
const longestShown = 200

/** Thrown for a text that is no selector. Write one of the two forms that the message shows. */
export class SelectorError extends Error {
  override readonly name = 'SelectorError'
  readonly code = 'SELECTOR_MALFORMED'
  /** The text as it was given. */
  readonly selector: string
  /** Where it stands in a list, as it was given. */
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

/** Thrown for a text that is no filter. The message shows the forms. */
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

/** Thrown for a text that names no column of a table. The message shows the forms. */
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

/** Thrown if the optional package that writes Parquet is not installed. */
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

/** Thrown by an exporter that was closed, also for what was still under way. Create a new one. */
export class ExporterClosedError extends Error {
  override readonly name = 'ExporterClosedError'
  readonly code = 'EXPORTER_CLOSED'

  constructor() {
    super('Cannot use the exporter: it is closed; create a new one')
  }
}

/** An instance of an image set. */
export type InstanceUids = Pick<InstanceKey, 'seriesInstanceUid' | 'sopInstanceUid'>

/** Why an export has ended: closed, interrupted by a signal, or the code of the failure that ended it. */
export type ExportEndedCode = 'EXPORT_CLOSED' | 'EXPORT_INTERRUPTED' | (string & {})

/** Thrown for an image set that an open export ended before. Mend what the message names, then open another export. */
export class ExportEndedError extends Error {
  override readonly name = 'ExportEndedError'
  /** Of the failure that ended the export, if it was one. */
  readonly code: ExportEndedCode
  /** Whether the export ended since AHI or the destination is away. */
  readonly isOutage: boolean
  /**
   * What is left of the wanted instances: the others survive a power cut. Undefined if nobody knows, such as after a fatal
   * failure, or before the document was read.
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
 * Reported for the second image set of an export that has instances of a series: files of a series are made from one image
 * set. Export the two apart, each into a destination of its own.
 */
export class SeriesInTwoImageSetsError extends Error {
  override readonly name = 'SeriesInTwoImageSetsError'
  readonly code = 'SERIES_IN_TWO_IMAGE_SETS'
  readonly seriesInstanceUid: string
  /** The image set whose instances the files of the series are made from, and the other one. */
  readonly imageSetIds: readonly [string, string]

  constructor(seriesInstanceUid: string, imageSetIds: readonly [string, string]) {
    const [first, second] = imageSetIds
    super(
      `Cannot write the files of series ${seriesInstanceUid} from image set ${second}: they are made from image set ${first}, ` +
        'which has the series as well; export the two image sets apart, each into a destination of its own',
    )
    this.seriesInstanceUid = seriesInstanceUid
    this.imageSetIds = imageSetIds
  }
}

/**
 * Reported for an instance that is written without something that AHI has of it. The file is complete but for that; it is
 * reported again, and the instance written again, by every run that resumes the export.
 */
export class InstanceLossError extends Error {
  override readonly name = 'InstanceLossError'
  /** Of the first loss. */
  readonly code: InstanceNoticeCode
  /** What is missing: `GGGGEEEE`, or keys of the document for which no tag is known. */
  readonly tags: readonly string[]

  constructor(losses: readonly [InstanceNotice, ...InstanceNotice[]]) {
    const [first, ...others] = losses
    const tags = losses.flatMap(({ tag }) => tag ?? [])
    const more = others.length === 0 ? '' : ` (in all ${losses.length}: ${tags.join(', ')})`
    super(`Cannot write all of the instance, the file lacks something: ${first.message}${more}`)
    this.code = first.code
    this.tags = tags
  }
}

/**
 * Reported for an instance or a series of which a file is not known to be at the destination. The file writer or a format of
 * the caller does not keep its contract: `write` resolves with path, size and SHA-256, and a format makes a file of each instance.
 */
export class FileNotReportedError extends Error {
  override readonly name = 'FileNotReportedError'
  readonly code = 'FILE_NOT_REPORTED'

  constructor(why: string) {
    super(`Cannot record the files: ${why}; check the destination and the formats of the export`)
  }
}

/**
 * Reported, or thrown by a read, where an instance is asked for as a whole, or can only be had so, and AHI or the client
 * does not give it. What the message names as missing is to be mended; most instances can be had from their frames.
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

/** Reported, or thrown by a load, where nothing in the data store is what a selector names. Check its identifiers. */
export class NothingSelectedError extends Error {
  override readonly name = 'NothingSelectedError'
  readonly code = 'NOTHING_SELECTED'
  readonly datastoreId: string
  /** As parseSelector reads it. */
  readonly selector: string

  constructor(
    datastoreId: string,
    selector: string,
    options: {
      readonly leftOut: number
      readonly nonPrimary: 'exclude' | 'include' | 'only'
      /** The version of the image set, if one is named. */
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
    return `no instance is there; check the identifiers${isStudy ? ', and name a series as STUDY/SERIES' : ''}`
  }
  return nonPrimary === 'only'
    ? `only primary image sets have it (${leftOut}); include those`
    : `only image sets that are not primary have it (${leftOut}); include those, or select one by its id`
}

/**
 * Reported by a sync for an image set whose new version could not be written as a whole. The files of the version that is
 * recorded are kept. Mend what the other failures of the image set name, then sync again.
 */
export class ImageSetNotReplacedError extends Error {
  override readonly name = 'ImageSetNotReplacedError'
  readonly code = 'IMAGE_SET_NOT_REPLACED'
  readonly imageSetId: string
  /** Version that could not be written. */
  readonly versionId: string
  /** Whether all failures of its instances may pass by themselves. */
  readonly retryable: boolean

  constructor(
    imageSet: { readonly imageSetId: string; readonly versionId: string },
    options: { readonly failed: number; readonly retryable: boolean },
  ) {
    const { imageSetId, versionId } = imageSet
    const { failed, retryable } = options
    super(
      `Cannot replace image set ${imageSetId} by its version ${versionId}: ${failed} of its instances failed; ` +
        'the files of the earlier version are kept, mend the causes and sync again',
    )
    this.imageSetId = imageSetId
    this.versionId = versionId
    this.retryable = retryable
  }
}

/** What is wrong with a lane. */
export type LaneErrorCode = 'LANE_FAILED' | 'DECODE_TIMEOUT' | (string & {})

/** Reported for what a lane had to do when its thread died or hung on a frame. Run the export again. */
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
