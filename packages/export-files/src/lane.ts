/**
 * Makes the formats of this package in another thread, from what `Format.lane` and `SeriesFormat.lane` say.
 * @module
 */
import { createFormats } from './format/create-formats.ts'
import type { FormatName, FormatOptions } from './format/create-formats.ts'
import { createSeriesFormats } from './format/create-series-formats.ts'
import type { SeriesFormatName, SeriesFormatOptions } from './format/create-series-formats.ts'
import type { Format } from './format/format.ts'
import type { AnyFormat, SeriesFormat } from './format/series-format.ts'

interface NamedSeriesFormat {
  readonly scope: 'series'
  readonly name: SeriesFormatName
  readonly options: SeriesFormatOptions
}

interface NamedFormat {
  readonly scope?: 'instance' | undefined
  readonly name: FormatName
  readonly options: FormatOptions
}

/**
 * Makes a format by its name and its scope. Default scope: `instance`.
 *
 * @throws {TypeError} for a name that no format has
 */
export function createFormat(named: NamedSeriesFormat): SeriesFormat
export function createFormat(named: NamedFormat): Format
export function createFormat(named: NamedFormat | NamedSeriesFormat): AnyFormat {
  const [format] =
    named.scope === 'series'
      ? createSeriesFormats([named.name], named.options)
      : createFormats([named.name], named.options)
  if (format !== undefined) return format
  throw new TypeError(`Expected \`name\` to be the name of a format, got \`${named.name}\``)
}
