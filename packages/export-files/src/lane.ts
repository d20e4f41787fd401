/**
 * Makes the formats of this package in another thread, from what `Format.lane` says.
 * @module
 */
import { createFormats } from './format/create-formats.ts'
import type { FormatName, FormatOptions } from './format/create-formats.ts'
import type { AnyFormat } from './format/series-format.ts'

/**
 * Makes a format by its name.
 *
 * @throws {TypeError} for a name that no format has
 */
export function createFormat({
  name,
  options,
}: {
  readonly name: FormatName
  readonly options: FormatOptions
}): AnyFormat {
  const [format] = createFormats([name], options)
  if (format === undefined) throw new TypeError(`Expected \`name\` to be the name of a format, got \`${name}\``)
  return format
}
