import type { DicomInstance } from '@ahi-dicom/dicomizer'
import type { LaneModule } from '../destination/destination.ts'
import type { FileContent } from '../destination/file-content.ts'
import type { FormatSettings } from '../destination/file-writer.ts'
import type { ForeseenFiles, Format, FormatItem } from './format.ts'

/**
 * Makes the files of a series. The path of a file is the path of the series from the layout, followed by the suffix of
 * the file.
 */
export interface SeriesFormat {
  readonly scope: 'series'
  /** Name of the format in options and in the manifest. */
  readonly name: string
  /** Options of the format that change the bytes of its files, see {@link Format.settings}. */
  readonly settings?: FormatSettings | undefined
  /** Yields the files of a series in order, or none if the format does not apply to the series. */
  files(item: SeriesFormatItem): Iterable<SeriesFile> | AsyncIterable<SeriesFile>
  /**
   * Returns number and size of the files of a series without reading pixels, for plans. Absent if it is not known.
   *
   * @throws the errors of {@link files} that can be found without reading pixels
   */
  foresee?(instances: readonly DicomInstance[]): ForeseenSeriesFiles
  /** Module that creates the format in another thread. If absent, only the main thread can use the format. */
  readonly lane?: LaneModule | undefined
}

/** A format of instances or of series. */
export type AnyFormat = Format | SeriesFormat

/** The members of a format that a record uses. */
export type RecordedFormat =
  | Pick<Format, 'scope' | 'name' | 'frames' | 'leastFrames' | 'settings'>
  | Pick<SeriesFormat, 'scope' | 'name' | 'settings'>

/** Expected number and size of the files of a series, see {@link SeriesFormat.foresee}. */
export interface ForeseenSeriesFiles extends Omit<ForeseenFiles, 'frames'> {
  /** Number of AHI's frames that the files are made from. */
  readonly frames: number
}

/** Argument of {@link SeriesFormat.files}. */
export interface SeriesFormatItem extends Pick<FormatItem, 'reading' | 'onNotice'> {
  /** The selected instances of one series of an image set, in the order of the document. */
  readonly instances: readonly DicomInstance[]
  /**
   * Is called with the reason if a part of the series cannot be written. Other parts are still written. The series
   * counts as failed.
   */
  readonly onFailure: (error: unknown) => void
}

/** A file that {@link SeriesFormat.files} yields. */
export interface SeriesFile {
  /** Part of the path after the path of the series, such as `.nii.gz`, `_axial.nii.gz` or `.zarr/zarr.json`. */
  readonly suffix: string
  readonly mediaType: string
  /** Content in order. A chunk is valid until the next one is requested. */
  readonly chunks: FileContent
  /** Number of AHI's frames in the file. */
  readonly frames: number
}

/**
 * Returns true if a format makes files of series.
 * @example
 * import { isSeriesFormat, npzFormat } from '@ahi-dicom/export-files'
 *
 * console.log(isSeriesFormat(npzFormat())) // true
 */
export function isSeriesFormat<Some extends Pick<AnyFormat, 'scope'>>(
  format: Some,
): format is Extract<Some, { readonly scope: 'series' }> {
  return format.scope === 'series'
}

/**
 * Returns true if a format makes files of instances.
 * @example
 * import { dcmFormat, isInstanceFormat } from '@ahi-dicom/export-files'
 *
 * console.log(isInstanceFormat(dcmFormat())) // true
 */
export function isInstanceFormat<Some extends Pick<AnyFormat, 'scope'>>(
  format: Some,
): format is Exclude<Some, { readonly scope: 'series' }> {
  return format.scope !== 'series'
}
