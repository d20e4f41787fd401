import type { ImageDescription, LookupTable } from '../describe/image-description.ts'
import { isValidWindow, type Window } from '../describe/window.ts'
import { RenderError } from '../errors.ts'
import { largestEntry, lookUp } from './look-up.ts'

/** Maps a value of the modality to a grey level from 0 to 1. */
export type GreyTransform = (value: number) => number

/** The window for {@link presentTransform}. */
export interface VoiChoice {
  readonly window?: Window | undefined
  readonly windowIndex?: number | undefined
}

/**
 * Returns the transform that the caller or the data set chooses (PS3.3 C.11.2): the caller's window, else the VOI LUT,
 * else the first window of the data set. Returns undefined without a valid one.
 *
 * @throws {RenderError} RENDER_WINDOW_INVALID if the window of the caller is not valid or does not exist
 */
export function presentTransform(image: ImageDescription, choice: VoiChoice): GreyTransform | undefined {
  if (choice.window !== undefined) return requestedWindow(image, choice.window)
  if (choice.windowIndex !== undefined) return indexedWindow(image, choice.windowIndex)
  if (image.voiLut !== undefined && image.voiLut.entries.length > 0) return lookupTransform(image.voiLut)
  return windowTransform(windowAt(image, 0), image.voiLutFunction)
}

/** Returns the transform that maps `from` to black and `to` to white. */
export function rangeTransform(from: number, to: number): GreyTransform {
  if (!(to > from)) return () => 0
  return (value) => Math.min(Math.max((value - from) / (to - from), 0), 1)
}

/**
 * Returns the transform of the caller's window. Widths below 1 occur for float pixels (SUV, parametric maps). LINEAR
 * does not allow them, so LINEAR_EXACT is used.
 */
function requestedWindow(image: ImageDescription, window: Window): GreyTransform {
  const { voiLutFunction } = image
  const isExact = window.width < 1 && voiLutFunction !== 'SIGMOID'
  const transform = windowTransform(window, isExact ? 'LINEAR_EXACT' : voiLutFunction)
  if (transform !== undefined) return transform
  throw new RenderError(
    'RENDER_WINDOW_INVALID',
    `Cannot apply window center ${window.center}, width ${window.width}: choose a finite center and a width above 0.`,
  )
}

function indexedWindow(image: ImageDescription, index: number): GreyTransform {
  const transform = windowTransform(windowAt(image, index), image.voiLutFunction)
  if (transform !== undefined) return transform
  const count = Math.min(image.windowCenter?.length ?? 0, image.windowWidth?.length ?? 0)
  const why = index < count ? 'which is not valid' : `which has ${count}`
  const message = `Cannot apply window number ${index + 1} of the data set, ${why}. Choose another, or a center and width.`
  throw new RenderError('RENDER_WINDOW_INVALID', message)
}

function windowAt(image: ImageDescription, index: number): Window | undefined {
  const center = image.windowCenter?.[index]
  const width = image.windowWidth?.[index]
  return center === undefined || width === undefined ? undefined : { center, width }
}

function windowTransform(window: Window | undefined, voiLutFunction: string | undefined): GreyTransform | undefined {
  if (window === undefined || !isValidWindow(window, voiLutFunction)) return undefined
  if (voiLutFunction === 'SIGMOID') return sigmoid(window)
  return voiLutFunction === 'LINEAR_EXACT' ? linearExact(window) : linear(window)
}

/** Returns a LINEAR window (PS3.3 C.11.2.1.2.1). */
function linear({ center, width }: Window): GreyTransform {
  const low = center - 0.5 - (width - 1) / 2
  const high = center - 0.5 + (width - 1) / 2
  return (value) => {
    if (value <= low) return 0
    if (value > high) return 1
    return (value - (center - 0.5)) / (width - 1) + 0.5
  }
}

/** Returns a LINEAR_EXACT window (PS3.3 C.11.2.1.3.2). */
function linearExact({ center, width }: Window): GreyTransform {
  return (value) => {
    if (value <= center - width / 2) return 0
    if (value > center + width / 2) return 1
    return (value - center) / width + 0.5
  }
}

/** Returns a SIGMOID window (PS3.3 C.11.2.1.3.1). */
function sigmoid({ center, width }: Window): GreyTransform {
  return (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width))
}

/** Returns the transform of a VOI LUT (PS3.3 C.11.2.1.1). */
function lookupTransform(table: LookupTable): GreyTransform {
  const largest = largestEntry(table)
  return (value) => lookUp(table, value) / largest
}
