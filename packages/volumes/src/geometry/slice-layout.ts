import { add, dot, length, scale, subtract, type Vector } from './vector.ts'

/** Says what to do about slices that are missing between others. */
export type GapHandling = 'error' | 'fill' | 'split'

/** Options of {@link layOutSlices}. */
export interface LayoutOptions {
  /** The normal of the slices, a unit vector. */
  readonly normal: Vector
  readonly gaps: GapHandling
  /** Millimetres that a position may be from where the affine puts it. Default: 2 % of the distance of slices. */
  readonly tolerance: number | undefined
  /**
   * Distance of slices that the instances state. Used if it fits the positions. Default: the median distance of
   * neighbours.
   */
  readonly statedSpacing: number | undefined
}

/** Slices at equal distances. */
export interface SliceRun {
  /** Index of the first point of the run. */
  readonly from: number
  /** The slice of each point, from 0. */
  readonly places: readonly number[]
  /** Slices, those without a point included. */
  readonly count: number
  readonly origin: Vector
  /** From slice to slice; undefined if there is only one. */
  readonly step: Vector | undefined
}

/** Why points are no slices at equal distances. */
export interface LayoutProblem {
  readonly kind: 'gap' | 'uneven'
  /** Indexes of the points on both sides of each gap or uneven step. */
  readonly points: readonly number[]
  /** Slices that are missing; 0 for uneven distances. */
  readonly missing: number
  /** Millimetres between most neighbours. */
  readonly spacing: number
}

/** Positions at this distance or more, in millimetres, are different. */
export const samePosition = 1e-3

/** Slices that are filled at most: a single stray position does not make a volume of millions. */
const mostFilled = 10_000

/** Lays out points, sorted along the normal and at different distances, as slices; or returns why that cannot be. */
export function layOutSlices(
  points: readonly Vector[],
  options: LayoutOptions,
): readonly SliceRun[] | { readonly problem: LayoutProblem } {
  const distances = points.map((point) => dot(point, options.normal))
  const gaps = distances.slice(1).map((distance, index) => distance - (distances[index] ?? NaN))
  if (options.gaps !== 'split') return layOutRun(points, { from: 0, gaps }, options)
  const runs: SliceRun[] = []
  for (const [from, to] of evenRuns(gaps, options)) {
    const run = { from, gaps: gaps.slice(from, to - 1) }
    const laidOut = layOutRun(points.slice(from, to), run, { ...options, gaps: 'error' })
    if ('problem' in laidOut) return laidOut
    runs.push(...laidOut)
  }
  return runs
}

interface Run {
  readonly from: number
  /** Distances of neighbours. */
  readonly gaps: readonly number[]
}

function layOutRun(
  points: readonly Vector[],
  { from, gaps }: Run,
  options: LayoutOptions,
): readonly SliceRun[] | { readonly problem: LayoutProblem } {
  const [origin = [0, 0, 0], last = origin] = [points[0], points.at(-1)]
  if (gaps.length === 0) return [{ from, places: [0], count: 1, origin, step: undefined }]
  const { spacing, tolerance } = usualSpacing(gaps, options)
  const steps = gaps.map((gap) => Math.max(1, Math.round(gap / spacing)))
  const isOff = (index: number): boolean =>
    Math.abs((gaps[index] ?? NaN) - (steps[index] ?? NaN) * spacing) > 2 * tolerance * (steps[index] ?? NaN)
  const uneven = [...gaps.keys()].filter(isOff)
  if (uneven.length > 0) return problem('uneven', uneven, { from, missing: 0, spacing })
  const wide = [...steps.keys()].filter((index) => (steps[index] ?? 1) > 1)
  const missing = steps.reduce((sum, step) => sum + step - 1, 0)
  if (wide.length > 0 && (options.gaps !== 'fill' || missing > mostFilled))
    return problem('gap', wide, { from, missing, spacing })

  const places = [0]
  for (const step of steps) places.push((places.at(-1) ?? 0) + step)
  const count = gaps.length + missing + 1
  const step = scale(subtract(last, origin), 1 / (count - 1))
  const off = points.findIndex((point, index) => {
    return length(subtract(point, add(origin, scale(step, places[index] ?? NaN)))) > tolerance
  })
  if (off >= 0) return problem('uneven', [off - 1], { from, missing: 0, spacing })
  return [{ from, places, count, origin, step }]
}

/** The distance of most neighbours, and how far a position may be off. */
function usualSpacing(
  gaps: readonly number[],
  { statedSpacing, tolerance }: LayoutOptions,
): { readonly spacing: number; readonly tolerance: number } {
  const toleranceOf = (spacing: number): number => tolerance ?? Math.max(0.02 * spacing, samePosition)
  if (statedSpacing !== undefined && statedSpacing > samePosition) {
    const allowed = toleranceOf(statedSpacing)
    const fits = gaps.every((gap) => {
      const steps = Math.round(gap / statedSpacing)
      return steps > 0 && Math.abs(gap - steps * statedSpacing) <= 2 * allowed * steps
    })
    if (fits) return { spacing: statedSpacing, tolerance: allowed }
  }
  // The lower median: if one of three slices is missing, the smaller distance is the right one.
  const spacing = gaps.toSorted((a, b) => a - b)[Math.floor((gaps.length - 1) / 2)] ?? 1
  return { spacing, tolerance: toleranceOf(spacing) }
}

function problem(
  kind: LayoutProblem['kind'],
  gaps: readonly number[],
  { from, missing, spacing }: { readonly from: number; readonly missing: number; readonly spacing: number },
): { readonly problem: LayoutProblem } {
  const points = [...new Set(gaps.flatMap((gap) => [from + gap, from + gap + 1]))]
  return { problem: { kind, points, missing, spacing } }
}

/** Ranges of points whose neighbours are at equal distances: from the first one to behind the last one. */
function evenRuns(gaps: readonly number[], options: LayoutOptions): readonly (readonly [number, number])[] {
  if (gaps.length === 0) return [[0, 1]]
  const { spacing, tolerance } = usualSpacing(gaps, options)
  const equal = (a: number, b: number): boolean => Math.abs(a - b) <= 2 * tolerance
  const runs: [number, number][] = []
  let from = 0
  let own: number | undefined
  for (const [index, gap] of gaps.entries()) {
    const belongs = own === undefined ? equal(gap, spacing) || equal(gap, gaps[index + 1] ?? NaN) : equal(gap, own)
    if (belongs) {
      own ??= gap
      continue
    }
    runs.push([from, index + 1])
    from = index + 1
    own = undefined
  }
  runs.push([from, gaps.length + 1])
  return runs
}
