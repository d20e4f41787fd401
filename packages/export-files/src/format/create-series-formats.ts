import { contactSheetFormat } from './contact-sheet-format.ts'
import type { ContactSheetFormatOptions } from './contact-sheet-format.ts'
import type { FormatOptions } from './create-formats.ts'
import type { SeriesFormat } from './series-format.ts'
import { gifSeriesFormat, webpSeriesFormat } from './sharp-formats.ts'

/** Names of the formats of series of this package, in the order in which a series is written. */
export const seriesFormatNames = ['webp', 'gif', 'contact-sheet'] as const

/** Name of a format of series of this package. */
export type SeriesFormatName = (typeof seriesFormatNames)[number]

/** Options of formats of series, by the name of the format. */
export interface SeriesFormatOptions extends Pick<FormatOptions, 'webp' | 'gif'> {
  readonly 'contact-sheet'?: ContactSheetFormatOptions | undefined
}

const makers: Readonly<Record<SeriesFormatName, (options: SeriesFormatOptions) => SeriesFormat>> = {
  webp: ({ webp }) => webpSeriesFormat(webp),
  gif: ({ gif }) => gifSeriesFormat(gif),
  'contact-sheet': (options) => contactSheetFormat(options['contact-sheet']),
}

/**
 * Makes formats of series by their names, each once, in the order of {@link seriesFormatNames}.
 *
 * @throws {SharpError} if one of them needs the optional package `sharp`, and it cannot be used
 */
export function createSeriesFormats(
  names: readonly SeriesFormatName[],
  options: SeriesFormatOptions = {},
): readonly SeriesFormat[] {
  return seriesFormatNames.filter((name) => names.includes(name)).map((name) => makers[name](options))
}
