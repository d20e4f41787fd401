import type { PixelArray } from '@ahi-dicom/dicom-standard'
import type { ImageDescription } from '../describe/image-description.ts'
import { modalityTransform } from './modality.ts'
import type { Picture } from './picture.ts'
import type { RenderOptions } from './render-options.ts'
import { isPadding, occurringValues, storedRange, type StoredRange } from './stored-values.ts'
import { presentTransform, rangeTransform, type GreyTransform } from './voi.ts'

/** Renders MONOCHROME1 and MONOCHROME2: modality LUT, VOI LUT, presentation LUT shape (PS3.3 C.11.1, C.11.2, C.11.6). */
export function renderGrey(pixels: PixelArray, image: ImageDescription, options: RenderOptions): Picture {
  const range = storedRange(pixels, image)
  const bits = options.bits ?? 8
  if (range !== undefined && keepsStoredValues(pixels, image, options)) {
    return greyPicture(image, storedPicture(pixels, range))
  }
  const values = range === undefined ? pixels : occurringValues(pixels, range)
  const toLevel = levelOf(image, bits, presentTransform(image, options) ?? ownTransform(values, image, range))
  if (range === undefined) return greyPicture(image, mapEach(pixels, bits, toLevel))
  return greyPicture(image, mapByTable(pixels, levelTable(values, range, bits, toLevel)))
}

/**
 * Returns true if the picture holds stored values instead of grey levels: it has 16 bits and the options name no
 * window.
 */
export function keepsStoredValues(pixels: PixelArray, image: ImageDescription, options: RenderOptions): boolean {
  const isWindowed = options.window !== undefined || options.windowIndex !== undefined
  const isGrey = image.photometricInterpretation.startsWith('MONOCHROME')
  return options.bits === 16 && isGrey && !isWindowed && storedRange(pixels, image) !== undefined
}

/** Returns stored values. Signed ones are raised by half their range, because pictures hold no negative samples. */
function storedPicture(pixels: PixelArray, range: StoredRange): Uint16Array {
  const { mask } = range
  const offset = range.isSigned ? (mask + 1) / 2 : 0
  const values = new Uint16Array(pixels.length)
  for (let i = 0; i < values.length; i++) values[i] = ((pixels[i] ?? 0) + offset) & mask
  return values
}

function levelOf(image: ImageDescription, bits: 8 | 16, toGrey: GreyTransform): (stored: number) => number {
  const toModality = modalityTransform(image)
  const white = 2 ** bits - 1
  const isInverse = image.photometricInterpretation === 'MONOCHROME1' || image.presentationLutShape === 'INVERSE'
  return (stored) => {
    const level = (toGrey(toModality(stored)) * white + 0.5) | 0
    return isInverse ? white - level : level
  }
}

/**
 * Returns the transform for a data set without window or VOI LUT. Values of up to 8 bits without a modality LUT are
 * already grey levels and keep their full range. All others are shown from the smallest to the largest value of the
 * modality, ignoring padding.
 */
function ownTransform(
  values: Iterable<number>,
  image: ImageDescription,
  range: StoredRange | undefined,
): GreyTransform {
  if (range !== undefined && isGreyLevels(range, image)) {
    return rangeTransform(range.isSigned ? -(range.mask + 1) / 2 : 0, range.isSigned ? range.mask >>> 1 : range.mask)
  }
  const { smallest, largest } = modalityRange(values, image)
  return rangeTransform(smallest, largest)
}

/** The smallest and the largest value of the modality. */
export interface ValueRange {
  readonly smallest: number
  readonly largest: number
}

/**
 * Returns whether a frame is shown from its smallest to its largest value. True for grey frames without window, VOI
 * LUT, or grey levels of up to 8 bits.
 * @example
 * import { describeImage, isShownByRange } from '@ahi-dicom/renderer'
 *
 * console.log(isShownByRange(describeImage(instance.attributes, 0)))
 */
export function isShownByRange(image: ImageDescription): boolean {
  if (!image.photometricInterpretation.startsWith('MONOCHROME')) return false
  return presentTransform(image, {}) === undefined && (image.bitsStored > 8 || hasModality(image))
}

/**
 * Returns the range of values that a grey frame is shown with. Returns undefined if a window, a VOI LUT or its own grey
 * levels decide how it is shown, or if all of it is padding.
 */
export function ownRange(pixels: PixelArray, image: ImageDescription): ValueRange | undefined {
  const range = storedRange(pixels, image)
  if (presentTransform(image, {}) !== undefined || (range !== undefined && isGreyLevels(range, image))) return undefined
  const values = modalityRange(range === undefined ? pixels : occurringValues(pixels, range), image)
  return values.smallest <= values.largest ? values : undefined
}

function isGreyLevels({ bits }: StoredRange, image: ImageDescription): boolean {
  return bits <= 8 && !hasModality(image)
}

/** Returns the range of the values. Returns Infinity to -Infinity without values. */
function modalityRange(values: Iterable<number>, image: ImageDescription): ValueRange {
  const toModality = modalityTransform(image)
  let smallest = Infinity
  let largest = -Infinity
  for (const stored of values) {
    if (isPadding(image, stored)) continue
    const value = toModality(stored)
    if (!Number.isFinite(value)) continue
    if (value < smallest) smallest = value
    if (value > largest) largest = value
  }
  return { smallest, largest }
}

function hasModality(image: ImageDescription): boolean {
  return image.modalityLut !== undefined || (image.rescaleSlope ?? 1) !== 1 || (image.rescaleIntercept ?? 0) !== 0
}

function mapEach(pixels: PixelArray, bits: 8 | 16, toLevel: (stored: number) => number): Uint8Array | Uint16Array {
  const levels = bits === 8 ? new Uint8Array(pixels.length) : new Uint16Array(pixels.length)
  for (let i = 0; i < levels.length; i++) levels[i] = toLevel(pixels[i] ?? 0)
  return levels
}

/** Returns a table of grey levels, indexed by the lower bits of a stored value, for the values that occur. */
function levelTable(
  values: Iterable<number>,
  { mask }: StoredRange,
  bits: 8 | 16,
  toLevel: (stored: number) => number,
): Uint8Array | Uint16Array {
  const table = bits === 8 ? new Uint8Array(mask + 1) : new Uint16Array(mask + 1)
  for (const stored of values) table[stored & mask] = toLevel(stored)
  return table
}

function mapByTable(pixels: PixelArray, table: Uint8Array | Uint16Array): Uint8Array | Uint16Array {
  const mask = table.length - 1
  const levels = table instanceof Uint8Array ? new Uint8Array(pixels.length) : new Uint16Array(pixels.length)
  for (let i = 0; i < levels.length; i++) levels[i] = table[(pixels[i] ?? 0) & mask] ?? 0
  return levels
}

function greyPicture(image: ImageDescription, data: Uint8Array | Uint16Array): Picture {
  return { width: image.columns, height: image.rows, channels: 1, bits: data instanceof Uint8Array ? 8 : 16, data }
}
