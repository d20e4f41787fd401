import type { DicomAttributes } from '@ahi-dicom/dicom-standard'
import type { PathMask } from '../destination/path-mask.ts'

/** Layout of an export that names none. */
export const defaultLayout = '{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}'

/** Layout of the files of series of an export that names none. */
export const defaultSeriesLayout = '{StudyInstanceUID}/{SeriesInstanceUID}'

/** What a path of a series is made of. */
export interface LayoutSeries {
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  /** Read only if the template has other keywords than UIDs. */
  readonly attributes: Pick<DicomAttributes, 'strings' | 'numbers'>
}

/** What a path of an instance is made of. */
export interface LayoutInstance extends LayoutSeries {
  readonly sopInstanceUid: string
}

/** Where the files of an instance go. */
export interface Layout {
  readonly template: string
  /**
   * Returns the path of an instance without extension, relative to the destination, with forward slashes. Each part of
   * it is a name that is safe on every file system, so it cannot leave the destination.
   */
  path(instance: LayoutInstance): string
  /** Returns another path in place of one that another instance has, by a text that tells the two apart. */
  alternative(path: string, text: string): string
  /** Whether files are named after their format. On media, names have no extension. */
  readonly hasExtension: boolean
  /**
   * How messages show the paths, for `maskPath`: a part with an attribute that may name a patient is shown as it is written
   * in the template. Attributes that are UIDs, numbers of series and images, and modalities name none.
   */
  readonly mask: PathMask
}

/** Where the files of a series go. */
export interface SeriesLayout extends Pick<Layout, 'template' | 'alternative' | 'mask'> {
  /** Returns the path of a series, which the suffix of each of its files follows. It is safe as that of an instance is. */
  path(series: LayoutSeries): string
}
