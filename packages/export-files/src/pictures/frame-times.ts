import type { DicomAttributes } from '@ahi-dicom/dicom-standard'

/** Frame time if no attribute states one, in milliseconds. */
export const assumedFrameTime = 100

/** Frame times of an animation. */
export interface FrameTimes {
  /** Returns how long a zero-based frame is shown, in milliseconds. */
  readonly of: (frame: number) => number
  /** True if no attribute states the time of some frame. */
  readonly isAssumed: boolean
}

/**
 * Reads the frame times of an instance from the first of these attributes that has a value: FrameTimeVector, FrameTime
 * (PS3.3 C.7.6.5), RecommendedDisplayFrameRate, CineRate. If none has, each frame gets {@link assumedFrameTime}. Values
 * of 0 or less are ignored.
 */
export function readFrameTimes(attributes: DicomAttributes, frameCount: number): FrameTimes {
  const vector = attributes.numbers('FrameTimeVector')
  // Each value is the time since the previous frame, so the first one is 0.
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
 * Returns a function that rounds frame times to whole units. Call it for one frame after the other: rounding errors do
 * not add up, so each frame ends at most half a unit too early or late. Each frame gets at least one unit.
 *
 * @param unit Length of a unit in milliseconds.
 * @param most Largest number of units that the format can store.
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

/** An image of a series for {@link readSeriesTimes}. */
export interface TimedFrame {
  readonly attributes: DicomAttributes
  /** Slice number. Images at the same position have the same one. */
  readonly slice: number
}

/**
 * Reads the frame times of the images of a series, which must be in the order of the animation. An image's time comes
 * from its FrameTime, RecommendedDisplayFrameRate or CineRate, or else from the difference of TriggerTime to the next
 * image of the same slice. If there is neither, it is {@link assumedFrameTime}.
 */
export function readSeriesTimes(frames: readonly TimedFrame[]): FrameTimes {
  const triggers = triggerTimes(frames)
  const times = frames.map(({ attributes }, index) => {
    const stated = readFrameTimes(attributes, 1)
    return stated.isAssumed ? triggers[index] : stated.of(0)
  })
  return { of: (frame) => times[frame] ?? assumedFrameTime, isAssumed: times.includes(undefined) }
}

/** Largest difference of TriggerTime within a cycle, in milliseconds. A heartbeat is shorter. */
const longestTrigger = 10_000

/**
 * Returns the time from each image to the next one of its slice. The last image of a slice gets the time of the
 * previous one.
 */
function triggerTimes(frames: readonly TimedFrame[]): readonly (number | undefined)[] {
  const triggers = frames.map(({ attributes }) => attributes.number('TriggerTime') ?? NaN)
  const untilNext = frames.map(({ slice }, index) => {
    const time = frames[index + 1]?.slice === slice ? (triggers[index + 1] ?? NaN) - (triggers[index] ?? NaN) : NaN
    return time > 0 && time <= longestTrigger ? time : undefined
  })
  return frames.map(({ slice }, index) => {
    const isLast = frames[index + 1]?.slice !== slice
    return isLast && frames[index - 1]?.slice === slice ? untilNext[index - 1] : untilNext[index]
  })
}
