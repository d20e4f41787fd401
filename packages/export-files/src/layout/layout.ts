import type { DicomAttributes } from '@ahi-dicom/dicom-standard'
import type { PathMask } from '../destination/path-mask.ts'

/** Default layout template for paths of instances. */
export const defaultLayout = '{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}'

/** Default layout template for paths of series. */
export const defaultSeriesLayout = '{StudyInstanceUID}/{SeriesInstanceUID}'

/** Input for the path of a series. */
export interface LayoutSeries {
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  /** Read only if the template has other keywords than UIDs. */
  readonly attributes: Pick<DicomAttributes, 'strings' | 'numbers'>
}

/** Input for the path of an instance. */
export interface LayoutInstance extends LayoutSeries {
  readonly sopInstanceUid: string
}

/** Makes the paths of instances. */
export interface Layout {
  readonly template: string
  /**
   * Returns the path of an instance without extension, relative to the destination, with forward slashes. Each part is
   * a valid name on every file system, and the path never leads out of the destination.
   */
  path(instance: LayoutInstance): string
  /** Returns an alternative to a path that is taken. `text` makes it unique, such as a digest of the instance. */
  alternative(path: string, text: string): string
  /** True if file names have the format as their extension. False on media. */
  readonly hasExtension: boolean
  /**
   * Mask for `maskPath`. A part with an attribute that may contain patient data is shown as in the template. Only UIDs,
   * modality, and numbers of series, acquisitions and instances are shown.
   */
  readonly mask: PathMask
}

/** Makes the paths of series. */
export interface SeriesLayout extends Pick<Layout, 'template' | 'alternative' | 'mask'> {
  /** Returns the path of a series. The suffix of each file follows it. It is as safe as the path of an instance. */
  path(series: LayoutSeries): string
}
