import { layOutSlices, samePosition, type LayoutProblem, type SliceRun } from '../geometry/slice-layout.ts'
import { cross, dot, length, scale, subtract, unit, type Vector } from '../geometry/vector.ts'
import type { SourceFrame } from '../frames/source-frame.ts'
import type { FourthAxis, VolumeWarning } from '../model/volume.ts'
import { doubled, gridOf, type FrameGrid, type PositionFrames } from './fourth-axis.ts'
import type { FrameGroup } from './group-frames.ts'
import type { PlanVolumesOptions } from './plan-options.ts'
import { refusal } from './refusal.ts'

/** Frames in their places, and the grid that they lie in. */
export interface Arrangement {
  readonly labels: readonly string[]
  /** For each slice, place by place on the fourth axis: its frames. Several of a segmentation, none where one is missing. */
  readonly cells: readonly (readonly (readonly SourceFrame[])[])[]
  readonly origin: Vector
  /** From slice to slice. */
  readonly step: Vector
  readonly normal: Vector
  readonly isSheared: boolean
  readonly axis: FourthAxis | undefined
  readonly warnings: readonly VolumeWarning[]
}

/**
 * Sorts the frames of a group along the normal, and by a fourth axis where several lie at one position.
 *
 * @throws {VolumeError} `VOLUME_GAP`, `VOLUME_UNEVEN`, `VOLUME_DOUBLED` or `VOLUME_INCOMPLETE`
 */
export function arrangeGroup(group: FrameGroup, options: PlanVolumesOptions): readonly Arrangement[] {
  const { gaps = 'error' } = options
  return gridOf(group, { positionsOf, gaps }).flatMap((grid) => {
    const rows = grid.positions.map((row) => row.map((frame) => (frame === undefined ? [] : [frame])))
    return arrangeRows({ rows, grid }, { ...options, gaps })
  })
}

/**
 * Sorts the frames of a segmentation along the normal. Frames of several segments may lie at one position, and positions
 * without a segment have no frame.
 *
 * @throws {VolumeError} `VOLUME_GAP`, `VOLUME_UNEVEN` or `VOLUME_DOUBLED`
 */
export function arrangeSegments(group: FrameGroup, options: PlanVolumesOptions): readonly Arrangement[] {
  const positions = positionsOf(group)
  const isTwice = positions.some((frames) => new Set(frames.map(({ segment }) => segment)).size < frames.length)
  if (isTwice) throw doubled(positions)
  const rows = positions.map((frames) => [frames])
  const grid = { labels: group.labels, axis: undefined, hasMeans: false }
  return arrangeRows({ rows, grid }, { ...options, gaps: options.gaps ?? 'error' })
}

/** Sorts frames by their distance along the normal. Those at the same distance are one position. */
function positionsOf({ frames }: FrameGroup): readonly PositionFrames[] {
  const [first] = frames
  if (first === undefined) return []
  const normal = normalOf(first)
  const sorted = frames
    .map((frame) => ({ frame, distance: dot(normal, frame.position) }))
    .toSorted((a, b) => a.distance - b.distance)
  const positions: SourceFrame[][] = []
  let last = -Infinity
  for (const { frame, distance } of sorted) {
    if (distance - last > samePosition) positions.push([frame])
    else positions.at(-1)?.push(frame)
    last = distance
  }
  return positions
}

function normalOf({ rowDirection, columnDirection }: SourceFrame): Vector {
  return unit(cross(rowDirection, columnDirection))
}

/** Positions in the order of the normal, each with its frames by place on the fourth axis. */
interface Rows {
  readonly rows: Arrangement['cells']
  readonly grid: Pick<FrameGrid, 'labels' | 'axis' | 'hasMeans'>
}

function arrangeRows(
  { rows, grid }: Rows,
  options: PlanVolumesOptions & { readonly gaps: 'error' | 'fill' | 'split' },
): readonly Arrangement[] {
  const firsts = rows.flatMap((row) => row.flat().slice(0, 1))
  const [first] = firsts
  if (first === undefined) return []
  const tolerance = options.positionTolerance
  checkSamePlace(rows, tolerance ?? samePosition * 10)
  const normal = normalOf(first)
  const statedSpacing = first.segment === undefined ? undefined : first.statedSpacing.betweenSlices
  const laidOut = layOutSlices(
    firsts.map(({ position }) => position),
    { normal, gaps: options.gaps, tolerance, statedSpacing },
  )
  if ('problem' in laidOut) throw layoutError(laidOut.problem, firsts)
  return laidOut.map((run, index) => {
    const labels = laidOut.length === 1 ? grid.labels : [...grid.labels, `part-${index + 1}`]
    return { labels, normal, axis: grid.axis, ...arrangeRun(run, rows, { normal, hasMeans: grid.hasMeans }) }
  })
}

function arrangeRun(
  run: SliceRun,
  rows: Arrangement['cells'],
  { normal, hasMeans }: { readonly normal: Vector; readonly hasMeans: boolean },
): Pick<Arrangement, 'cells' | 'origin' | 'step' | 'isSheared' | 'warnings'> {
  const own = rows.slice(run.from, run.from + run.places.length)
  const empty = (own[0] ?? []).map(() => [])
  const rowAt = new Map(run.places.map((place, index) => [place, own[index]]))
  const cells = Array.from({ length: run.count }, (_, k) => rowAt.get(k) ?? empty)
  const spacing = run.step === undefined ? singleSpacing(own.flat(2)) : undefined
  const step = run.step ?? scale(normal, spacing?.spacing ?? 1)
  const along = dot(step, normal)
  const shift = length(subtract(step, scale(normal, along)))
  const isSheared = shift > leastShear * along
  const isSegmentation = own.flat(2).some(({ segment }) => segment !== undefined)
  const missing = cells.flat().filter((frames) => frames.length === 0).length
  const warnings: VolumeWarning[] = []
  if (isSheared) warnings.push(tiltWarning(shift, along))
  if (missing > 0 && !isSegmentation) warnings.push(filledWarning(missing))
  if (spacing?.isAssumed === true) warnings.push(assumedWarning)
  if (hasMeans) warnings.push(meansWarning)
  return { cells, origin: run.origin, step, isSheared, warnings }
}

/** 0.06 degrees: orientations of four decimals are off by less. */
const leastShear = 1e-3

/** The distance of slices of a volume that has one. */
function singleSpacing(frames: readonly SourceFrame[]): { readonly spacing: number; readonly isAssumed: boolean } {
  const { betweenSlices = 0, thickness = 0 } = frames[0]?.statedSpacing ?? {}
  const stated = Math.abs(betweenSlices) || Math.abs(thickness)
  return { spacing: stated || 1, isAssumed: stated === 0 }
}

/** Frames at one distance along the normal have to be at one place. */
function checkSamePlace(rows: Arrangement['cells'], tolerance: number): void {
  for (const row of rows) {
    const [first, ...others] = row.flat()
    const away = others.filter(
      ({ position }) => first !== undefined && length(subtract(position, first.position)) > tolerance,
    )
    if (first === undefined || away.length === 0) continue
    throw refusal('VOLUME_UNEVEN', [first, ...away], {
      why: '%s lie in one plane, but are shifted against each other',
      advice: 'make a volume of each of them',
    })
  }
}

function layoutError({ kind, points, missing, spacing }: LayoutProblem, firsts: readonly SourceFrame[]): Error {
  const sides = points.flatMap((point) => firsts.slice(point, point + 1))
  const distance = `${Number(spacing.toPrecision(6))} mm`
  if (kind === 'gap') {
    return refusal('VOLUME_GAP', sides, {
      why: `${missing} of its slices, at distances of ${distance}, ${missing === 1 ? 'is' : 'are'} missing beside %s`,
      advice: 'import what is missing, or use `gaps: "fill"` or `gaps: "split"`',
    })
  }
  return refusal('VOLUME_UNEVEN', sides, {
    why: `its slices are not at equal distances: most are ${distance} apart, and %s are not where that puts them`,
    advice: 'use `gaps: "split"`, or a greater `positionTolerance`',
  })
}

function tiltWarning(shift: number, along: number): VolumeWarning {
  const degrees = (Math.atan2(shift, along) * 180) / Math.PI
  const message = `Slices are shifted against each other by ${degrees.toFixed(2)} degrees, as by a tilted gantry; the affine has the shear`
  return { code: 'GANTRY_TILT', message }
}

function filledWarning(missing: number): VolumeWarning {
  return { code: 'SLICES_FILLED', message: `${missing} slices have no frame and are filled` }
}

const assumedWarning: VolumeWarning = {
  code: 'SLICE_SPACING_ASSUMED',
  message: 'There is one slice, and nothing tells how thick it is; 1 mm is assumed',
}

const meansWarning: VolumeWarning = {
  code: 'FOURTH_AXIS_VARIES',
  message: 'The values of the fourth axis differ between slices; their means are given',
}
