import { add, cross, dot, length, scale, unit, vectorOf } from '../geometry/vector.ts'
import { VolumeError, type VolumeErrorCode, type VolumeErrorSubject } from '../errors.ts'
import { nameInstances } from './name-instances.ts'
import type { VolumeInstance } from '../model/volume-instance.ts'
import { numbersIn, type FrameScope } from './frame-scope.ts'
import type { SourceFrame } from './source-frame.ts'

/** Why the frames of an instance have no place. Errors of several instances with one reason are told as one. */
export class PlaceError extends VolumeError {
  readonly why: string

  constructor(code: VolumeErrorCode, why: string, subject: VolumeErrorSubject) {
    const named = nameInstances(subject.sopInstanceUids ?? [])
    super(code, `Cannot place the frames of ${named} in a volume: ${why}; read the frames one by one`, subject)
    this.why = why
  }
}

/** Where a frame lies, and how its pixels do. */
export type FramePlace = Pick<SourceFrame, 'position' | 'rowDirection' | 'columnDirection' | 'pixelSpacing'>

/** Position and orientation of the first frame, and how far a frame lies from it along the normal. */
interface StatedPlace {
  readonly position: readonly number[]
  readonly orientation: readonly number[]
  /** Millimetres. NaN if the attributes do not tell. */
  readonly offset: number
}

/**
 * Returns where a frame lies: by its functional groups (PS3.3 C.7.6.16.2.3 and .4), its place in the grid of a dose
 * (C.8.8.3.2), its number of slice (C.8.4.15), or the Image Plane module (C.7.6.2).
 *
 * @throws {VolumeError} `VOLUME_GEOMETRY_MISSING` or `VOLUME_GEOMETRY_INVALID`
 */
export function framePlace(instance: VolumeInstance, scope: FrameScope): FramePlace {
  const { position: stated, orientation, offset } = statedPlace(instance, scope)
  const first = required(vectorOf(stated), instance, 'ImagePositionPatient')
  const row = required(vectorOf(orientation), instance, 'ImageOrientationPatient')
  const column = required(vectorOf(orientation.slice(3)), instance, 'ImageOrientationPatient')
  const [betweenRows = NaN, betweenColumns = NaN] = numbersIn(scope, 'PixelMeasuresSequence', 'PixelSpacing')
  required(Number.isFinite(betweenRows + betweenColumns) ? true : undefined, instance, 'PixelSpacing')
  if (!isPossible(betweenRows) || !isPossible(betweenColumns)) {
    throw invalid(instance, 'PixelSpacing is no distance of pixels')
  }
  if (![row, column].every((one) => Math.abs(length(one) - 1) < unitTolerance)) {
    throw invalid(instance, 'the directions of ImageOrientationPatient are no unit vectors')
  }
  if (Math.abs(dot(row, column)) > unitTolerance) {
    throw invalid(instance, 'the directions of ImageOrientationPatient are not at right angles')
  }
  const rowDirection = unit(row)
  const columnDirection = unit(column)
  if (!Number.isFinite(offset)) {
    throw missing(instance, 'nothing says where the frames lie: they have no positions of their own')
  }
  const position = offset === 0 ? first : add(first, scale(unit(cross(rowDirection, columnDirection)), offset))
  if (length(position) > farthest) throw invalid(instance, 'the position is more than a kilometre away')
  return { position, rowDirection, columnDirection, pixelSpacing: [betweenRows, betweenColumns] }
}

/** Millimetres. Beyond, numbers are no positions in a room, and differences lose their precision. */
const farthest = 1e6

function isPossible(spacing: number): boolean {
  return spacing >= 1e-6 && spacing <= farthest
}

/** How far decimal strings of 16 characters, and the rounding of older devices, take a unit vector from its length. */
const unitTolerance = 1e-2

function statedPlace(instance: VolumeInstance, scope: FrameScope): StatedPlace {
  const { attributes, groups, index, list } = scope
  const position = groups.item('PlanePositionSequence')?.numbers('ImagePositionPatient') ?? []
  if (position.length > 0) {
    const orientation = numbersIn(scope, 'PlaneOrientationSequence', 'ImageOrientationPatient')
    return { position, orientation, offset: 0 }
  }
  const detector = attributes.items('DetectorInformationSequence')[0]
  const source = attributes.has('ImagePositionPatient') ? attributes : (detector ?? attributes)
  const root = {
    position: source.numbers('ImagePositionPatient'),
    orientation: source.numbers('ImageOrientationPatient'),
  }
  if (attributes.has('GridFrameOffsetVector')) {
    const offsets = list('GridFrameOffsetVector')
    // Offsets that begin with the position itself are positions (PS3.3 C.8.8.3.2): their differences are the same.
    return { ...root, offset: (offsets[index] ?? NaN) - (offsets[0] ?? NaN) }
  }
  if (attributes.has('SliceVector')) {
    const slice = list('SliceVector')[index] ?? NaN
    // May be negative in nuclear medicine: slices then go against the normal.
    return { ...root, offset: (slice - 1) * (attributes.number('SpacingBetweenSlices') ?? NaN) }
  }
  return { ...root, offset: instance.pictureCount > 1 ? NaN : 0 }
}

function required<T>(value: T | undefined, instance: VolumeInstance, keyword: string): T {
  if (value === undefined) throw missing(instance, `there is no ${keyword} that can be used`)
  return value
}

function missing(instance: VolumeInstance, why: string): VolumeError {
  return placeError('VOLUME_GEOMETRY_MISSING', instance, why)
}

function invalid(instance: VolumeInstance, why: string): VolumeError {
  return placeError('VOLUME_GEOMETRY_INVALID', instance, why)
}

function placeError(
  code: 'VOLUME_GEOMETRY_MISSING' | 'VOLUME_GEOMETRY_INVALID',
  { seriesInstanceUid, sopInstanceUid }: VolumeInstance,
  why: string,
): PlaceError {
  return new PlaceError(code, why, { seriesInstanceUid, sopInstanceUids: [sopInstanceUid] })
}
