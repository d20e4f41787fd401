import { defaultQuality, encodeWithSharp } from '../pictures/encode-with-sharp.ts'
import { encodeGifAnimation } from '../pictures/gif-animation.ts'
import { loadSharp } from '../pictures/load-sharp.ts'
import { encodeWebpAnimation } from '../pictures/webp-animation.ts'
import type { Format } from './format.ts'
import { pictureFormat, requireWhole } from './picture-format.ts'
import type { AnimationFormatParts, PictureFormatOptions } from './picture-format.ts'
import { seriesAnimation } from './series-animation.ts'
import type { SeriesFormat } from './series-format.ts'

/** Options of {@link jpgFormat}. */
export interface JpgFormatOptions extends PictureFormatOptions {
  /** 1 to 100. Default 90. */
  readonly quality?: number | undefined
}

/** Options of {@link webpFormat}. */
export interface WebpFormatOptions extends JpgFormatOptions {
  /**
   * Whether the frames of an instance become one animation. `series`: instances of one frame make no file, because
   * {@link webpSeriesFormat} animates their series. Default: each frame becomes a file.
   */
  readonly cine?: boolean | 'series' | undefined
}

/** Options of {@link gifFormat}. */
export interface GifFormatOptions extends PictureFormatOptions {
  /** `series`: instances of one frame make no file, because {@link gifSeriesFormat} animates their series. */
  readonly cine?: 'series' | undefined
}

/** Measured of noise at quality 100, which no compression makes smaller, and rounded up. */
const mostPerByte = 1.5

/**
 * Makes the format of JPEGs, one of each frame: grey or sRGB, 8 bits, colours at full resolution, without metadata. The
 * package `sharp`, which you install beside this one, encodes them.
 *
 * @throws {TypeError} for `frames`, a `size` or a `quality` that cannot be
 * @throws {SharpError} if `sharp` cannot be used
 * @example
 * import { jpgFormat } from '@ahi-dicom/export-files'
 *
 * const formats = [jpgFormat({ quality: 90 })]
 * await exporter.exportTo({ datastoreId, selectors: 'all', destination, formats })
 */
export function jpgFormat(options: JpgFormatOptions = {}): Format {
  const { size, quality = defaultQuality } = options
  requireWhole('quality', quality, qualities)
  const sharp = loadSharp()
  return pictureFormat({
    name: 'jpg',
    mediaType: 'image/jpeg',
    options,
    settings: { quality },
    encode: ({ picture }) => encodeWithSharp(sharp, picture, { format: 'jpg', size, quality }),
    mostPerByte,
  })
}

/**
 * Makes the format of WebPs, one of each frame, or with `cine` an animation of each instance, which shows frames for as long
 * as the instance says. The package `sharp`, which you install beside this one, encodes them.
 *
 * @throws {TypeError} for `frames`, a `size` or a `quality` that cannot be
 * @throws {SharpError} if `sharp` cannot be used
 * @example
 * import { webpFormat } from '@ahi-dicom/export-files'
 *
 * const formats = [webpFormat({ cine: true })]
 * await exporter.exportTo({ datastoreId, selectors: 'all', destination, formats })
 */
export function webpFormat(options: WebpFormatOptions = {}): Format {
  const { cine = false } = options
  const parts = webpParts(options)
  return pictureFormat(cine === false ? { ...parts, animate: undefined } : parts)
}

/**
 * Makes the format of WebPs that animate the instances of one frame of a series. The package `sharp`, which you install beside
 * this one, encodes them.
 *
 * @throws {TypeError} for `frames`, a `size` or a `quality` that cannot be
 * @throws {SharpError} if `sharp` cannot be used
 */
export function webpSeriesFormat(options: Omit<WebpFormatOptions, 'cine'> = {}): SeriesFormat {
  return seriesAnimation(webpParts({ ...options, cine: 'series' }))
}

function webpParts(options: WebpFormatOptions): AnimationFormatParts {
  const { size, quality = defaultQuality, cine = false } = options
  requireWhole('quality', quality, qualities)
  const sharp = loadSharp()
  return {
    name: 'webp',
    mediaType: 'image/webp',
    options,
    settings: { quality, ...(cine !== false && { cine }) },
    encode: ({ picture }) => encodeWithSharp(sharp, picture, { format: 'webp', size, quality }),
    animate: (frames) => encodeWebpAnimation(frames),
    leastFrames: cine === 'series' ? 2 : 1,
    mostPerByte,
  }
}

/**
 * Makes the format of animated GIFs, one of each instance, which shows frames for as long as the instance says. Each
 * frame has 256 colours of its own; greys differ by a few levels at most. The package `sharp`, which you install beside this
 * one, encodes them.
 *
 * @throws {TypeError} for `frames` or a `size` that cannot be
 * @throws {SharpError} if `sharp` cannot be used
 * @example
 * import { gifFormat } from '@ahi-dicom/export-files'
 *
 * await exporter.exportTo({ datastoreId, selectors: 'all', destination, formats: [gifFormat()] })
 */
export function gifFormat(options: GifFormatOptions = {}): Format {
  return pictureFormat(gifParts(options))
}

/**
 * Makes the format of GIFs that animate the instances of one frame of a series. The package `sharp`, which you install beside
 * this one, encodes them.
 *
 * @throws {TypeError} for `frames` or a `size` that cannot be
 * @throws {SharpError} if `sharp` cannot be used
 */
export function gifSeriesFormat(options: Omit<GifFormatOptions, 'cine'> = {}): SeriesFormat {
  return seriesAnimation(gifParts({ ...options, cine: 'series' }))
}

function gifParts(options: GifFormatOptions): AnimationFormatParts {
  const { size, cine } = options
  const sharp = loadSharp()
  return {
    name: 'gif',
    mediaType: 'image/gif',
    options,
    settings: cine && { cine },
    encode: ({ picture }) => encodeWithSharp(sharp, picture, { format: 'gif', size }),
    animate: encodeGifAnimation,
    leastFrames: cine === 'series' ? 2 : 1,
    mostPerByte,
  }
}

const qualities = { from: 1, to: 100 }
