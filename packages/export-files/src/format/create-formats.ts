import { dcmFormat } from './dcm-format.ts'
import type { Format } from './format.ts'
import { pngFormat } from './png-format.ts'
import type { PngFormatOptions } from './png-format.ts'
import { gifFormat, jpgFormat, webpFormat } from './sharp-formats.ts'
import type { GifFormatOptions, JpgFormatOptions, WebpFormatOptions } from './sharp-formats.ts'

/** Names of the formats of this package, in the order in which an instance is written. */
export const formatNames = ['dcm', 'png', 'jpg', 'webp', 'gif'] as const

/** Name of a format of this package. */
export type FormatName = (typeof formatNames)[number]

/** Options of formats, by the name of the format. */
export interface FormatOptions {
  readonly png?: PngFormatOptions | undefined
  readonly jpg?: JpgFormatOptions | undefined
  readonly webp?: WebpFormatOptions | undefined
  readonly gif?: GifFormatOptions | undefined
}

const makers: Readonly<Record<FormatName, (options: FormatOptions) => Format>> = {
  dcm: () => dcmFormat(),
  png: ({ png }) => pngFormat(png),
  jpg: ({ jpg }) => jpgFormat(jpg),
  webp: ({ webp }) => webpFormat(webp),
  gif: ({ gif }) => gifFormat(gif),
}

/**
 * Makes formats by their names, each once, in the order of {@link formatNames}.
 *
 * @throws {SharpError} if one of them needs the optional package `sharp`, and it cannot be used
 */
export function createFormats(names: readonly FormatName[], options: FormatOptions = {}): readonly Format[] {
  return formatNames.filter((name) => names.includes(name)).map((name) => makers[name](options))
}
