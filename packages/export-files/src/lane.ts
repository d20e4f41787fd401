/**
 * Creates the formats of this package in another thread. `Format.lane` and `SeriesFormat.lane` name this module.
 * @module
 */
import { createFormats } from './format/create-formats.ts'
import type { FormatName, FormatOptions } from './format/create-formats.ts'
import { animationNames, createSeriesAnimations } from './format/create-series-animations.ts'
import type { AnyFormat } from './format/series-format.ts'

/**
 * Creates a format by its name. For WebP and GIF, `scope` chooses the format that animates an instance (default) or the
 * one that animates a series.
 *
 * @throws {TypeError} if there is no format of this name
 * @example
 * import { createFormat } from '@ahi-dicom/export-files/lane'
 *
 * const format = createFormat({ name: 'png', options: { png: { bits: 16 } } })
 * console.log(format.name) // png
 */
export function createFormat({
  name,
  scope = 'instance',
  options,
}: {
  readonly name: FormatName
  readonly scope?: 'instance' | 'series' | undefined
  readonly options: FormatOptions
}): AnyFormat {
  const animations = scope === 'series' ? animationNames.filter((animation) => animation === name) : []
  const [format] = animations.length > 0 ? createSeriesAnimations(animations, options) : createFormats([name], options)
  if (format === undefined) throw new TypeError(`Expected \`name\` to be the name of a format, got \`${name}\``)
  return format
}
