import type { DicomInstance } from '@ahi-dicom/dicomizer'
import type { LaneModule } from '../destination/destination.ts'
import type { FileContent } from '../destination/file-content.ts'
import type { FormatSettings } from '../destination/file-writer.ts'
import type { ForeseenFiles, Format, FormatItem } from './format.ts'

/**
 * Makes files of a series. The path of a file is the stem that the layout of series gives, followed by the suffix of the
 * file.
 */
export interface SeriesFormat {
  readonly scope: 'series'
  /** Its name in options and in the manifest. */
  readonly name: string
  /** As those of {@link Format.settings}. */
  readonly settings?: FormatSettings | undefined
  /** Yields the files of a series in order; none if the series has nothing to show in this format. */
  files(item: SeriesFormatItem): Iterable<SeriesFile> | AsyncIterable<SeriesFile>
  /**
   * Returns the number and size of the files of a series, without reading pixels. Absent: plans do not know them.
   *
   * @throws the errors of {@link files} that show before pixels are read
   */
  foresee?(instances: readonly DicomInstance[]): ForeseenSeriesFiles
  /** How to make the format in another thread. Absent: lanes of other threads cannot have it. */
  readonly lane?: LaneModule | undefined
}

/** A format of instances or of series. */
export type AnyFormat = Format | SeriesFormat

/** The members of a format that a record uses. */
export type RecordedFormat =
  | Pick<Format, 'scope' | 'name' | 'frames' | 'leastFrames' | 'settings'>
  | Pick<SeriesFormat, 'scope' | 'name' | 'settings'>

/** Number and size of the files of a series, see {@link SeriesFormat.foresee}. */
export interface ForeseenSeriesFiles extends Omit<ForeseenFiles, 'frames'> {
  /** How many frames of AHI they are made from. */
  readonly frames: number
}

/** A series for {@link SeriesFormat.files}. */
export interface SeriesFormatItem extends Pick<FormatItem, 'reading' | 'onNotice'> {
  /** The selected instances of one series of an image set, in the order of the document. */
  readonly instances: readonly DicomInstance[]
  /** Takes the reason if a part of the series makes no file. Files of other parts stay. The series counts as failed. */
  readonly onFailure: (error: unknown) => void
}

/** A file of {@link SeriesFormat.files}. */
export interface SeriesFile {
  /** Follows the stem of the series, such as `.nii.gz`, `_axial.nii.gz` or `.zarr/zarr.json`. */
  readonly suffix: string
  readonly mediaType: string
  /** Content in order. It may reuse the memory of a chunk once the next one is asked for. */
  readonly chunks: FileContent
  /** How many frames of AHI the file holds. */
  readonly frames: number
}

/** Returns whether a format makes files of series. */
export function isSeriesFormat<Some extends Pick<AnyFormat, 'scope'>>(
  format: Some,
): format is Extract<Some, { readonly scope: 'series' }> {
  return format.scope === 'series'
}

/** Returns whether a format makes files of instances. */
export function isInstanceFormat<Some extends Pick<AnyFormat, 'scope'>>(
  format: Some,
): format is Exclude<Some, { readonly scope: 'series' }> {
  return format.scope !== 'series'
}
