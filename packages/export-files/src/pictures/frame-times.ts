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

/** An image of a series for {@link readSeriesTimes}. */
export interface TimedFrame {
  readonly attributes: DicomAttributes
  /** Number of the slice: the same for images at the same place. */
  readonly slice: number
}

/**
 * Reads how long the images of a series are shown, which are in the order of the animation: each by its own FrameTime,
 * RecommendedDisplayFrameRate or CineRate, else by the difference of TriggerTime to the next image of the same slice,
 * else {@link assumedFrameTime}.
 */
export function readSeriesTimes(frames: readonly TimedFrame[]): FrameTimes {
  const triggers = triggerTimes(frames)
  const times = frames.map(({ attributes }, index) => {
    const stated = readFrameTimes(attributes, 1)
    return stated.isAssumed ? triggers[index] : stated.of(0)
  })
  return { of: (frame) => times[frame] ?? assumedFrameTime, isAssumed: times.includes(undefined) }
}

/** Longer than a heartbeat takes: TriggerTime that differs by more is no time of a cycle. */
const longestTrigger = 10_000

/** Returns the time of each frame until the next one of its slice. The last one of a slice takes as long as the one before. */
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
