import type { DicomAttributes } from '@ahi-dicom/dicom-standard'

/** Milliseconds that a frame is shown for if no attribute says how long. */
export const assumedFrameTime = 100

/** How long the frames of an instance are shown. */
export interface FrameTimes {
  /** Returns the time of a frame, counted from 0, in milliseconds. */
  readonly of: (frame: number) => number
  /** Whether no attribute says it. */
  readonly isAssumed: boolean
}

/**
 * Reads how long the frames of an instance are shown: by FrameTimeVector, FrameTime (PS3.3 C.7.6.5), else by
 * RecommendedDisplayFrameRate or CineRate, else {@link assumedFrameTime} each. Values of 0 or less are ignored.
 */
export function readFrameTimes(attributes: DicomAttributes, frameCount: number): FrameTimes {
  const vector = attributes.numbers('FrameTimeVector')
  // Its first value is 0: each one is the time since the frame before.
  if (frameCount > 1 && vector.length === frameCount && vector.slice(1).every(isTime)) {
    const last = vector.at(-1) ?? assumedFrameTime
    return { of: (frame) => vector[frame + 1] ?? last, isAssumed: false }
  }
  const time = attributes.number('FrameTime')
  if (isTime(time)) return { of: () => time, isAssumed: false }
  for (const keyword of ['RecommendedDisplayFrameRate', 'CineRate']) {
    const rate = attributes.number(keyword)
    if (isTime(rate)) return { of: () => 1000 / rate, isAssumed: false }
  }
  return { of: () => assumedFrameTime, isAssumed: true }
}

function isTime(value: number | undefined): value is number {
  return value !== undefined && value > 0 && Number.isFinite(value)
}

/**
 * Returns a function that turns the times of one frame after another into whole units. The end of each frame is off by at
 * most half a unit, unless a frame is shorter than one unit: it gets one.
 *
 * @param unit in milliseconds
 * @param most units that a format can say
 */
export function createTimeRounder(unit: number, most: number): (time: number) => number {
  let end = 0
  let told = 0
  return (time) => {
    end += time / unit
    const units = Math.min(Math.max(Math.round(end - told), 1), most)
    told += units
    return units
  }
}
