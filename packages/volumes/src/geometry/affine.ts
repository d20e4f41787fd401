import { length, unit, type Matrix3, type Matrix4, type Vector } from './vector.ts'

/** Steps from one voxel to the next, and where the first one is (LPS, millimetres). */
export interface VoxelGrid {
  /** From column to column (i). */
  readonly i: Vector
  /** From row to row (j). */
  readonly j: Vector
  /** From slice to slice (k). */
  readonly k: Vector
  readonly origin: Vector
}

/** Spacing, direction and affines of a grid. */
export interface GridGeometry {
  readonly spacing: Vector
  readonly origin: Vector
  readonly direction: Matrix3
  readonly affine: { readonly lps: Matrix4; readonly ras: Matrix4 }
}

/** Returns the geometry of a grid. */
export function gridGeometry({ i, j, k, origin }: VoxelGrid): GridGeometry {
  return {
    spacing: [length(i), length(j), length(k)],
    origin,
    direction: columns(unit(i), unit(j), unit(k)),
    affine: {
      lps: affineOf(i, j, k, origin),
      ras: affineOf(mirrored(i), mirrored(j), mirrored(k), mirrored(origin)),
    },
  }
}

function columns(a: Vector, b: Vector, c: Vector): Matrix3 {
  return [
    [a[0], b[0], c[0]],
    [a[1], b[1], c[1]],
    [a[2], b[2], c[2]],
  ]
}

function affineOf(i: Vector, j: Vector, k: Vector, origin: Vector): Matrix4 {
  return [
    [i[0], j[0], k[0], origin[0]],
    [i[1], j[1], k[1], origin[1]],
    [i[2], j[2], k[2], origin[2]],
    [0, 0, 0, 1],
  ]
}

/** From left, posterior to right, anterior. */
function mirrored([x, y, z]: Vector): Vector {
  // Subtracting from 0 makes 0 of 0, and not -0.
  return [0 - x, 0 - y, z]
}
