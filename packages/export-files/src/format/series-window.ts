import type { ReadingOptions } from '@ahi-dicom/dicomizer'
import { describeImage, greyRange, isShownByRange } from '@ahi-dicom/renderer'
import type { ValueRange, Window } from '@ahi-dicom/renderer'
import type { SeriesFrame } from './series-frames.ts'

/** The window that frames of a series share. */
export interface SharedWindow {
  readonly window: Window
  /** How many frames gave their values. */
  readonly sampled: number
}

/** Frames that give their values at most. */
const mostSampled = 9

/**
 * Returns the window that frames share which have none of their own: from the smallest to the largest value of up to nine of
 * them, which are spread over the series. Undefined if no frame is shown by its own values.
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

/** Returns whether a frame has no window of its own and needs the one of the series. */
export function lacksWindow({ instance, frame }: SeriesFrame): boolean {
  return isShownByRange(describeImage(instance.attributes, frame))
}

async function rangeOf(candidate: SeriesFrame, signal: AbortSignal | undefined): Promise<ValueRange | undefined> {
  if (!lacksWindow(candidate)) return undefined
  const { instance, frame } = candidate
  const pixels = await instance.frame(frame, { signal })
  signal?.throwIfAborted()
  // Attributes describe the decoded frames only after one of them was read.
  return greyRange(pixels, describeImage(instance.attributes, frame))
}
