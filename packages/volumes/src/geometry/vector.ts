/** A point or a direction in patient coordinates: x, y, z. */
export type Vector = readonly [number, number, number]

/** Three rows. */
export type Matrix3 = readonly [Vector, Vector, Vector]

/** A row of a {@link Matrix4}. */
export type Row4 = readonly [number, number, number, number]

/** Four rows. */
export type Matrix4 = readonly [Row4, Row4, Row4, Row4]

export function add(a: Vector, b: Vector): Vector {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

export function subtract(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

export function scale(a: Vector, factor: number): Vector {
  return [a[0] * factor, a[1] * factor, a[2] * factor]
}

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

export function length(a: Vector): number {
  return Math.hypot(...a)
}

export function unit(a: Vector): Vector {
  return scale(a, 1 / length(a))
}

/** Returns the first three numbers as a vector; undefined if they are not three finite ones. */
export function vectorOf(numbers: readonly number[]): Vector | undefined {
  const [x = NaN, y = NaN, z = NaN] = numbers
  return Number.isFinite(x + y + z) ? [x, y, z] : undefined
}
