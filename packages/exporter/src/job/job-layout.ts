import { mediaLayout, parseLayout, type Layout } from '@ahi-dicom/export-files'
import type { JobOptions } from './job.ts'

/**
 * Returns the layout of a job. A DICOMDIR can only list files in the layout `media`, so that is the default with one.
 *
 * @throws {TypeError} for a DICOMDIR with another layout
 * @throws {LayoutError} if the layout is invalid
 */
export function layoutOf({ layout, dicomdir = false }: Pick<JobOptions, 'layout' | 'dicomdir'>): Layout {
  if (!dicomdir) return parseLayout(layout)
  if (layout !== undefined && layout !== mediaLayout) {
    throw new TypeError(`Expected the layout \`${mediaLayout}\` with the \`dicomdir\` option, got \`${layout}\``)
  }
  return parseLayout(mediaLayout)
}
