import type { ReadingOptions } from '@ahi-dicom/dicomizer'
import { describeImage, greyRange, isShownByRange } from '@ahi-dicom/renderer'
import type { ValueRange, Window } from '@ahi-dicom/renderer'
import type { SeriesFrame } from './series-frames.ts'

/** A window for all frames of a series. */
export interface SharedWindow {
  readonly window: Window
  /** Number of frames whose values were read. */
  readonly sampled: number
}

/** Largest number of frames whose values are read. */
const mostSampled = 9

/**
 * Returns a window for the frames of a series that have none. It reaches from the smallest to the largest value of up
 * to nine of these frames, which are spread over the series. Returns undefined if all frames that are looked at have a
 * window.
 */
export async function sharedWindow(
  frames: readonly SeriesFrame[],
  { signal }: ReadingOptions,
): Promise<SharedWindow | undefined> {
  const step = Math.max(1, (frames.length - 1) / (mostSampled - 1))
  let [smallest, largest, sampled] = [Infinity, -Infinity, 0]
  for (let at = 0; Math.round(at) < frames.length; at += step) {
    const frame = frames[Math.round(at)]
    const range = frame && (await rangeOf(frame, signal))
    if (range === undefined) continue
    smallest = Math.min(smallest, range.smallest)
    largest = Math.max(largest, range.largest)
    sampled += 1
  }
  if (sampled === 0) return undefined
  return { window: { center: (smallest + largest + 1) / 2, width: largest - smallest + 1 }, sampled }
}

/** Returns true if a frame has no window, so that it needs the shared one. */
export function lacksWindow({ instance, frame }: SeriesFrame): boolean {
  return isShownByRange(describeImage(instance.attributes, frame))
}

async function rangeOf(candidate: SeriesFrame, signal: AbortSignal | undefined): Promise<ValueRange | undefined> {
  if (!lacksWindow(candidate)) return undefined
  const { instance, frame } = candidate
  const pixels = await instance.frame(frame, { signal })
  signal?.throwIfAborted()
  // Described after reading, because reading a frame corrects attributes of the instance.
  return greyRange(pixels, describeImage(instance.attributes, frame))
}
