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
  /** Quality, 1 to 100. Default 90. */
  readonly quality?: number | undefined
}

/** Options of {@link webpFormat}. */
export interface WebpFormatOptions extends JpgFormatOptions {
  /**
   * If true, the frames of an instance become one animation. `series` does the same, but skips single-frame instances,
   * because {@link webpSeriesFormat} animates their series. Default false: each frame becomes a file.
   */
  readonly cine?: boolean | 'series' | undefined
}

/** Options of {@link gifFormat}. */
export interface GifFormatOptions extends PictureFormatOptions {
  /** `series` skips single-frame instances, because {@link gifSeriesFormat} animates their series. */
  readonly cine?: 'series' | undefined
}

/** Largest file size per byte of samples, measured with noise at quality 100 and rounded up. */
const mostPerByte = 1.5

/**
 * Creates the format for JPEGs, one of each frame: grey or sRGB, 8 bits, colours at full resolution, without metadata.
 * Needs the optional package `sharp`.
 *
 * @throws {TypeError} if `frames`, `size` or `quality` is not valid
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
 * Creates the format for WebPs: one of each frame, or with `cine` an animation of each instance with its frame times.
 * Needs the optional package `sharp`.
 *
 * @throws {TypeError} if `frames`, `size` or `quality` is not valid
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
 * Creates the format for WebPs that animate the single-frame instances of a series. Needs the optional package `sharp`.
 *
 * @throws {TypeError} if `frames`, `size` or `quality` is not valid
 * @throws {SharpError} if `sharp` cannot be used
 * @example
 * import { dcmFormat, webpSeriesFormat } from '@ahi-dicom/export-files'
 *
 * const formats = [dcmFormat(), webpSeriesFormat({ quality: 80 })]
 * await exporter.exportTo({ datastoreId, selectors: 'all', destination, formats })
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
 * Creates the format for animated GIFs, one of each instance with its frame times. Each frame has its own 256 colours,
 * so greys differ by a few levels at most. Needs the optional package `sharp`.
 *
 * @throws {TypeError} if `frames` or `size` is not valid
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
 * Creates the format for GIFs that animate the single-frame instances of a series. Needs the optional package `sharp`.
 *
 * @throws {TypeError} if `frames` or `size` is not valid
 * @throws {SharpError} if `sharp` cannot be used
 * @example
 * import { dcmFormat, gifSeriesFormat } from '@ahi-dicom/export-files'
 *
 * const formats = [dcmFormat(), gifSeriesFormat()]
 * await exporter.exportTo({ datastoreId, selectors: 'all', destination, formats })
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
