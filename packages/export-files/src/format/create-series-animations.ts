import type { FormatOptions } from './create-formats.ts'
import type { SeriesFormat } from './series-format.ts'
import { gifSeriesFormat, webpSeriesFormat } from './sharp-formats.ts'

/** Names of the formats that animate series. Formats of instances have the same names. */
export const animationNames = ['webp', 'gif'] as const

/** Name of a format that animates series. */
export type AnimationName = (typeof animationNames)[number]

/** Options of formats that animate series, by the name of the format. */
export type SeriesAnimationOptions = Pick<FormatOptions, AnimationName>

/**
 * Creates formats that animate series, by their names, each once, in the order of {@link animationNames}.
 *
 * @throws {SharpError} if the optional package `sharp` cannot be used
 * @example
 * import { createSeriesAnimations, dcmFormat } from '@ahi-dicom/export-files'
 *
 * const formats = [dcmFormat(), ...createSeriesAnimations(['gif'])]
 * await exporter.exportTo({ datastoreId, selectors: 'all', destination, formats })
 */
export function createSeriesAnimations(
  names: readonly AnimationName[],
  { webp, gif }: SeriesAnimationOptions = {},
): readonly SeriesFormat[] {
  const makers = { webp: () => webpSeriesFormat(webp), gif: () => gifSeriesFormat(gif) }
  return animationNames.filter((name) => names.includes(name)).map((name) => makers[name]())
}
