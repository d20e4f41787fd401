import type { Random } from '../random.ts'

/** A point of the patient in millimetres: x to the left, y to the back, z to the head (PS3.3 C.7.6.2.1.1). */
type Point = readonly [x: number, y: number, z: number]

/** A segment of a vessel that tapers towards its end. */
export interface VesselSegment {
  readonly start: Point
  readonly end: Point
  /** In millimetres. */
  readonly startRadius: number
  readonly endRadius: number
}

/** Options of {@link growVesselTree}. Lengths are in millimetres. */
export interface VesselTreeOptions {
  readonly root: Point
  readonly direction: Point
  readonly radius: number
  readonly length: number
  /** Number of times that every branch forks. */
  readonly generations: number
}

/** Generates a tree of vessels. Each one forks in two branches, which are shorter and thinner than their parent. */
export function growVesselTree(options: VesselTreeOptions, random: Random): VesselSegment[] {
  const { root, direction, radius, length, generations } = options
  const end = along(root, direction, length)
  const segment = { start: root, end, startRadius: radius, endRadius: radius * 0.8 }
  if (generations === 0) return [segment]
  const branches = [1, -1].flatMap((side) =>
    growVesselTree(
      {
        root: end,
        direction: turned(direction, side, random),
        radius: radius * random.between(0.68, 0.8),
        length: length * random.between(0.72, 0.9),
        generations: generations - 1,
      },
      random,
    ),
  )
  return [segment, ...branches]
}

function along([x, y, z]: Point, [dx, dy, dz]: Point, length: number): Point {
  return [x + dx * length, y + dy * length, z + dz * length]
}

function turned([x, y, z]: Point, side: number, random: Random): Point {
  const spread = 0.55
  const turn: Point = [
    x + side * random.between(0.1, spread) * (Math.abs(y) + 0.4),
    y + side * random.between(-spread, spread),
    z + random.between(-spread, spread),
  ]
  const norm = Math.hypot(...turn)
  return [turn[0] / norm, turn[1] / norm, turn[2] / norm]
}
