import type { AxisValue, SourceFrame } from '../frames/source-frame.ts'
import type { FourthAxis } from '../model/volume.ts'
import { splitByText, type FrameGroup } from './group-frames.ts'
import type { GapHandling } from '../geometry/slice-layout.ts'
import { refusal } from './refusal.ts'

/** Frames at one distance along the normal. */
export type PositionFrames = readonly SourceFrame[]

/** Frames by position and place on the fourth axis. */
export interface FrameGrid {
  readonly labels: readonly string[]
  /** For each position a list by place on the fourth axis: undefined where no frame is. */
  readonly positions: readonly (readonly (SourceFrame | undefined)[])[]
  readonly axis: FourthAxis | undefined
  /** True if slices differ in their values. The values of the axis are then means. */
  readonly hasMeans: boolean
}

/**
 * Tells frames at one position apart: by the kind of image first, which makes volumes of their own, then by the first value
 * that differs at every position, which makes a fourth axis. If it takes two values, one makes volumes and the other the axis.
 *
 * @throws {VolumeError} `VOLUME_DOUBLED` or `VOLUME_INCOMPLETE`
 */
export function gridOf(
  group: FrameGroup,
  {
    positionsOf,
    gaps,
  }: { readonly positionsOf: (group: FrameGroup) => readonly PositionFrames[]; readonly gaps: GapHandling },
): readonly FrameGrid[] {
  const positions = positionsOf(group)
  const most = mostFrames(positions)
  if (most === 1) return [{ labels: group.labels, positions, axis: undefined, hasMeans: false }]
  const again = (parts: readonly FrameGroup[]): readonly FrameGrid[] =>
    parts.flatMap((part) => gridOf(part, { positionsOf, gaps }))

  const byType = splitByText(group, ({ imageType }) => imageType, imageTypeLabel(group))
  if (byType.length > 1) return again(byType)
  const candidates = candidatesOf(group.frames)
  const candidate = candidates.find((valueOf) => positions.every((frames) => areDistinct(frames, valueOf)))
  if (candidate !== undefined) {
    const grid = gridAlong(candidate, positions, gaps)
    if (grid !== undefined) return [{ labels: group.labels, ...grid }]
    if (gaps !== 'split') throw areMost(positions, most) ? incomplete(positions, candidate) : doubled(positions)
    const parts = splitByCandidate(group, candidate)
    return again(parts.length <= most && areMost(positions, most) ? parts : splitCopies(group, positions))
  }
  for (const other of candidates) {
    const parts = splitByCandidate(group, other)
    if (parts.length > 1 && parts.length <= most) return again(parts)
  }
  if (gaps !== 'split') throw doubled(positions)
  return again(splitCopies(group, positions))
}

function mostFrames(positions: readonly PositionFrames[]): number {
  return positions.reduce((most, frames) => Math.max(most, frames.length), 0)
}

/** Whether most positions have this many frames: a few that have more are there twice. */
function areMost(positions: readonly PositionFrames[], count: number): boolean {
  return 2 * positions.filter((frames) => frames.length === count).length >= positions.length
}

/** Returns the value of a frame that a fourth axis may go by. */
type Candidate = (frame: SourceFrame) => AxisValue

/** The values that all frames have. */
function candidatesOf(frames: readonly SourceFrame[]): readonly Candidate[] {
  const [first] = frames
  return (first?.axisValues ?? []).flatMap((like) => {
    const found = new Map<SourceFrame, AxisValue>()
    for (const frame of frames) {
      const value = frame.axisValues.find(
        (one) => one.keyword === like.keyword && one.values.length === like.values.length,
      )
      if (value !== undefined) found.set(frame, value)
    }
    return found.size === frames.length ? [(frame: SourceFrame) => found.get(frame) ?? like] : []
  })
}

function keyOf(value: AxisValue): string {
  return value.values.join(' ')
}

function areDistinct(frames: PositionFrames, valueOf: Candidate): boolean {
  return new Set(frames.map((frame) => keyOf(valueOf(frame)))).size === frames.length
}

/** Undefined if places are empty that may not be. */
function gridAlong(
  valueOf: Candidate,
  positions: readonly PositionFrames[],
  gaps: GapHandling,
): Omit<FrameGrid, 'labels'> | undefined {
  const sorted = positions.map((frames) => frames.toSorted((a, b) => compareValues(valueOf(a), valueOf(b))))
  const values = new Map(sorted.flat().map((frame) => [keyOf(valueOf(frame)), valueOf(frame)]))
  const places = [...values.values()].toSorted(compareValues)
  const most = mostFrames(sorted)
  if (places.length === most && (gaps === 'fill' || sorted.every((frames) => frames.length === most))) {
    const keys = places.map(keyOf)
    const filled = sorted.map((frames) => keys.map((key) => frames.find((frame) => keyOf(valueOf(frame)) === key)))
    return { positions: filled, axis: axisOf(places), hasMeans: false }
  }
  if (sorted.some((frames) => frames.length !== most)) return undefined
  const means = Array.from({ length: most }, (_, place) => {
    const sum = sorted.reduce((total, frames) => total + firstValue(frames[place], valueOf), 0)
    return sum / sorted.length
  })
  const [first] = places
  return first === undefined
    ? undefined
    : { positions: sorted, axis: { ...axisOf([first]), values: means }, hasMeans: true }
}

function firstValue(frame: SourceFrame | undefined, valueOf: Candidate): number {
  return frame === undefined ? NaN : (valueOf(frame).values[0] ?? NaN)
}

function axisOf(places: readonly AxisValue[]): FourthAxis {
  const { kind = 'acquisition', keyword = '', unit } = places[0] ?? {}
  return { kind, keyword, unit, values: places.map(({ values }) => values[0] ?? NaN) }
}

function compareValues(a: AxisValue, b: AxisValue): number {
  for (const [index, value] of a.values.entries()) {
    const difference = value - (b.values[index] ?? NaN)
    if (difference !== 0) return difference
  }
  return 0
}

function splitByCandidate(group: FrameGroup, valueOf: Candidate): readonly FrameGroup[] {
  return splitByText(
    group,
    (frame) => keyOf(valueOf(frame)),
    (frame) => `${valueOf(frame).kind.replace(' ', '-')}-${keyOf(valueOf(frame))}`,
  )
}

/** Names an image type by the values that not all of them have. */
function imageTypeLabel({ frames }: FrameGroup): (frame: SourceFrame) => string {
  const all = [...new Set(frames.map(({ imageType }) => imageType))].map((type) => type.split('\\'))
  return ({ imageType }) => {
    const own = imageType.split('\\').filter((value) => !all.every((type) => type.includes(value)))
    return own.length === 0 ? 'other-type' : own.join('-').toLowerCase()
  }
}

/** The first frames of all positions, the second ones, and so on, by InstanceNumber. */
function splitCopies(group: FrameGroup, positions: readonly PositionFrames[]): readonly FrameGroup[] {
  const copies: SourceFrame[][] = []
  for (const frames of positions) {
    for (const [copy, frame] of frames.toSorted((a, b) => numberOf(a) - numberOf(b)).entries()) {
      ;(copies[copy] ??= []).push(frame)
    }
  }
  return copies.map((frames, copy) => ({ frames, labels: [...group.labels, `copy-${copy + 1}`] }))
}

function numberOf({ instance, index }: SourceFrame): number {
  return (instance.attributes.number('InstanceNumber') ?? 0) + index
}

/** Returns the error for frames at one position that nothing tells apart. */
export function doubled(positions: readonly PositionFrames[]): Error {
  return refusal('VOLUME_DOUBLED', positions.filter((frames) => frames.length > 1).flat(), {
    why: `%s are at the position of another one, and nothing tells what they differ in`,
    advice: 'select one of each position, or split the series with `gaps: "split"`',
  })
}

function incomplete(positions: readonly PositionFrames[], valueOf: Candidate): Error {
  const most = mostFrames(positions)
  const short = positions.filter((frames) => frames.length < most).flat()
  const keyword = short[0] === undefined ? '' : valueOf(short[0]).keyword
  return refusal('VOLUME_INCOMPLETE', short, {
    why: `slices have up to ${most} frames by ${keyword}, and some lack one or more; those have only %s`,
    advice: 'import what is missing, or use `gaps: "fill"` or `gaps: "split"`',
  })
}
