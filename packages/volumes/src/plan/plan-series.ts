import { gridGeometry } from '../geometry/affine.ts'
import { scale } from '../geometry/vector.ts'
import { VolumeError } from '../errors.ts'
import type { SourceFrame } from '../frames/source-frame.ts'
import { PlaceError } from '../frames/frame-place.ts'
import { sourceFrames } from '../frames/source-frames.ts'
import type { PlannedVolume, VolumeDimensions, VolumeWarning } from '../model/volume.ts'
import type { VolumeInstance } from '../model/volume-instance.ts'
import { readSlices, type SliceSource } from '../read/read-slices.ts'
import { arrangeGroup, arrangeSegments, type Arrangement } from './arrange-group.ts'
import { groupFrames, splitByText, type FrameGroup } from './group-frames.ts'
import type { PlanVolumesOptions } from './plan-options.ts'
import { segmentationType, segmentTable } from './segments.ts'
import { volumeNames } from './volume-names.ts'
import { planVoxels } from './voxel-plan.ts'

/** Plans the volumes of the instances of one series, and hands out why a part of it makes none. */
export function planSeries(
  instances: readonly VolumeInstance[],
  options: PlanVolumesOptions & { readonly onRefused: (error: VolumeError) => void },
): readonly PlannedVolume[] {
  const attempt = <T>(make: () => readonly T[]): readonly T[] => {
    try {
      return make()
    } catch (error) {
      if (!(error instanceof VolumeError)) throw error
      options.onRefused(error)
      return []
    }
  }
  const { frames, refused } = framesOf(instances)
  for (const error of refused) options.onRefused(error)
  if (frames.length === 0) return []
  const groups = groupFrames(frames)
  const arrangements = groups.flatMap((group) => attempt(() => arrangementsOf(group, options)))
  const names = volumeNames(arrangements)
  const isSplit = groups.length > 1 || arrangements.length > 1
  return arrangements.flatMap((arrangement, index) => {
    const name = names[index] ?? ''
    const warnings = isSplit ? [splitWarning(name)] : []
    return attempt(() => [buildVolume(arrangement, { name, warnings }, options)])
  })
}

/** Returns the frames of instances, and why others have none: an error for each reason, not for each instance. */
function framesOf(instances: readonly VolumeInstance[]): {
  readonly frames: readonly SourceFrame[]
  readonly refused: readonly VolumeError[]
} {
  const frames: SourceFrame[] = []
  const errors: PlaceError[] = []
  for (const instance of instances) {
    try {
      frames.push(...sourceFrames(instance))
    } catch (error) {
      if (!(error instanceof PlaceError)) throw error
      errors.push(error)
    }
  }
  const byReason = Map.groupBy(errors, ({ code, why }) => `${code} ${why}`)
  const refused = [...byReason.values()].flatMap((alike) => {
    const sopInstanceUids = alike.flatMap((error) => error.sopInstanceUids)
    return alike
      .slice(0, 1)
      .map(({ code, why, seriesInstanceUid }) => new PlaceError(code, why, { seriesInstanceUid, sopInstanceUids }))
  })
  return { frames, refused }
}

function arrangementsOf(group: FrameGroup, options: PlanVolumesOptions): readonly Arrangement[] {
  const { attributes } = group.frames[0]?.instance ?? {}
  const type = attributes === undefined ? undefined : segmentationType(attributes)
  if (type === undefined) return arrangeGroup(group, options)
  const filled = { ...options, gaps: options.gaps ?? 'fill' } as const
  if (type === 'LABELMAP') return arrangeGroup(group, filled)
  if (type === 'BINARY' && options.segments !== 'separate') return arrangeSegments(group, filled)
  const bySegment = splitByText(
    group,
    ({ segment }) => String(segment),
    ({ segment }) => `segment-${segment}`,
  )
  return bySegment.flatMap((part) => arrangeGroup(part, filled))
}

function splitWarning(name: string): VolumeWarning {
  return { code: 'SERIES_SPLIT', message: `The series has other images, too: this volume is "${name}"` }
}

function buildVolume(
  arrangement: Arrangement,
  { name, warnings }: Pick<PlannedVolume, 'name' | 'warnings'>,
  options: PlanVolumesOptions,
): PlannedVolume {
  const { cells, origin, step, isSheared, axis } = arrangement
  const frames = cells.flat(2)
  const [first, ...others] = frames
  if (first === undefined) throw new TypeError('Expected a volume with a frame')
  const voxels = planVoxels([first, ...others], options)
  const { attributes, seriesInstanceUid } = first.instance
  const { rowDirection, columnDirection, pixelSpacing } = first
  const dimensions: VolumeDimensions = {
    columns: first.form.columns,
    rows: first.form.rows,
    slices: cells.length,
    fourth: cells[0]?.length ?? 1,
    components: first.form.components === 3 ? 3 : 1,
  }
  const numbers = new Set(frames.map(({ segment }) => segment))
  const segments = segmentTable(attributes).filter(({ number }) => numbers.has(undefined) || numbers.has(number))
  return {
    seriesInstanceUid,
    name,
    kind: voxels.kind,
    dimensions,
    shape: shapeOf(dimensions, axis !== undefined),
    ...gridGeometry({
      i: scale(rowDirection, pixelSpacing[1]),
      j: scale(columnDirection, pixelSpacing[0]),
      k: step,
      origin,
    }),
    isSheared,
    dtype: voxels.plan.dtype,
    rescale: voxels.rescale,
    units: voxels.units,
    fourthAxis: axis,
    segments,
    warnings: [...warnings, ...arrangement.warnings, ...voxels.warnings],
    instances: [...new Set(frames.map(({ instance }) => instance))],
    frameCount: frames.length,
    frameOf(k, t = 0) {
      const frame: SourceFrame | undefined = cells[k]?.[t]?.[0]
      return frame === undefined ? undefined : { sopInstanceUid: frame.instance.sopInstanceUid, frame: frame.index }
    },
    slices: (reading = {}) => readSlices(sliceSources(cells, dimensions), voxels.plan, reading),
  }
}

function* sliceSources(cells: Arrangement['cells'], { slices, fourth }: VolumeDimensions): Generator<SliceSource> {
  for (let t = 0; t < fourth; t++) {
    for (let k = 0; k < slices; k++) yield { k, t, frames: cells[k]?.[t] ?? [] }
  }
}

function shapeOf(
  { columns, rows, slices, fourth, components }: VolumeDimensions,
  hasFourth: boolean,
): readonly number[] {
  return [...(hasFourth ? [fourth] : []), slices, rows, columns, ...(components === 1 ? [] : [components])]
}
