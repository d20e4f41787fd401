import { functionalGroups } from '@ahi-dicom/dicom-standard'
import type { DicomInstance } from '@ahi-dicom/dicomizer'

/** A frame of a series. */
export interface SeriesFrame {
  readonly instance: DicomInstance
  /** Zero-based frame number. */
  readonly frame: number
  /**
   * Position along the normal of the slices in millimetres. Undefined unless all frames of the series are parallel
   * slices.
   */
  readonly position: number | undefined
  /** Zero-based slice number. Frames at the same position have the same slice. 0 for all frames without a position. */
  readonly slice: number
}

type Vector = readonly [number, number, number]

/** The plane of a frame in space. */
interface Plane {
  readonly normal: Vector
  readonly origin: Vector
}

/**
 * Returns the frames of a series in scrolling order: by position along the normal, then by TemporalPositionIdentifier,
 * InstanceNumber and frame number. If the frames are not all parallel slices with a position, the position is ignored.
 */
export function seriesFrames(instances: readonly DicomInstance[]): readonly SeriesFrame[] {
  const placed = instances.flatMap((instance) => {
    const numbers = orderOf(instance)
    const planeOf = planes(instance)
    return Array.from({ length: instance.pictureCount }, (_, frame) => ({
      instance,
      frame,
      numbers,
      plane: planeOf(frame),
    }))
  })
  const normal = commonNormal(placed.map(({ plane }) => plane))
  const positions = placed.map(({ plane }) => (normal && plane ? dot(plane.origin, normal) : undefined))
  const slices = slicesOf(positions)
  return placed
    .map(({ instance, frame, numbers }, index) => {
      const slice = slices[index] ?? 0
      const keys = [slice, ...numbers, frame]
      return { keys, frame: { instance, frame, position: positions[index], slice } }
    })
    .toSorted((a, b) => compare(a.keys, b.keys))
    .map(({ frame }) => frame)
}

/** Returns the numbers that order instances at the same position. Missing numbers count as 0, so they come first. */
function orderOf({ attributes }: DicomInstance): readonly number[] {
  return [attributes.number('TemporalPositionIdentifier'), attributes.number('InstanceNumber')].map((number = 0) =>
    Number.isFinite(number) ? number : 0,
  )
}

function compare(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((key, index) => key !== b[index])
  return index < 0 ? 0 : (a[index] ?? 0) - (b[index] ?? 0)
}

/** Returns a function for the plane of a frame, from its functional groups or from the data set (PS3.3 C.7.6.2). */
function planes({ attributes, pictureCount }: DicomInstance): (frame: number) => Plane | undefined {
  const groupsOf = functionalGroups(attributes)
  return (frame) => {
    const groups = groupsOf(frame)
    const place = groups.item('PlanePositionSequence')
    if (place === undefined && pictureCount > 1) return undefined
    const orientation = groups.item('PlaneOrientationSequence') ?? attributes
    const directions = orientation.numbers('ImageOrientationPatient')
    const origin = vectorOf((place ?? attributes).numbers('ImagePositionPatient'))
    const [row, column] = [vectorOf(directions), vectorOf(directions.slice(3))]
    const normal = row && column && unit(cross(row, column))
    return normal && origin && { normal, origin }
  }
}

/** Cosine of about half a degree, the largest angle between normals of parallel slices. */
const leastCosine = 0.99996

function commonNormal(planes: readonly (Plane | undefined)[]): Vector | undefined {
  const first = planes[0]?.normal
  if (first === undefined) return undefined
  return planes.every((plane) => plane !== undefined && dot(plane.normal, first) >= leastCosine) ? first : undefined
}

/** Positions that differ by less count as the same, because decimal strings are rounded. In millimetres. */
const samePosition = 1e-2

/** Returns the slice number of each position. Slice numbers ascend with the positions. */
function slicesOf(positions: readonly (number | undefined)[]): readonly number[] {
  const slices: number[] = []
  const ascending = [...positions.keys()].toSorted((a, b) => (positions[a] ?? 0) - (positions[b] ?? 0))
  let slice = 0
  for (const [rank, index] of ascending.entries()) {
    const before = ascending[rank - 1]
    const step = before === undefined ? 0 : (positions[index] ?? 0) - (positions[before] ?? 0)
    if (step >= samePosition) slice += 1
    slices[index] = slice
  }
  return slices
}

function vectorOf(numbers: readonly number[]): Vector | undefined {
  const [x = NaN, y = NaN, z = NaN] = numbers
  return Number.isFinite(x + y + z) ? [x, y, z] : undefined
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/** Returns the vector with length 1. Undefined for the cross product of directions that do not span a plane. */
function unit(vector: Vector): Vector | undefined {
  const length = Math.hypot(...vector)
  return length > 0.5 ? [vector[0] / length, vector[1] / length, vector[2] / length] : undefined
}
