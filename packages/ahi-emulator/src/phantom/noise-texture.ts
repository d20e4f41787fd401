import type { Random } from '../random.ts'

/** A square of noise that can be repeated in both directions. */
export interface NoiseTexture {
  readonly size: number
  /** `size` rows of `size` values, with mean 0 and standard deviation 1. */
  readonly values: Float32Array
}

/**
 * Generates noise with correlated neighbours, as a reconstruction kernel produces it. White noise passes a small filter
 * with a positive centre and weakly negative corners.
 */
export function createNoiseTexture(size: number, random: Random): NoiseTexture {
  const white = Float32Array.from({ length: size * size }, () => random.gaussian())
  const filtered = new Float32Array(size * size)
  let squares = 0
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const value = filterAt(white, size, x, y)
      filtered[y * size + x] = value
      squares += value * value
    }
  }
  const deviation = Math.sqrt(squares / filtered.length)
  return { size, values: filtered.map((value) => value / deviation) }
}

function filterAt(white: Float32Array, size: number, x: number, y: number): number {
  const left = (x + size - 1) % size
  const right = (x + 1) % size
  const above = ((y + size - 1) % size) * size
  const here = y * size
  const below = ((y + 1) % size) * size
  const edges =
    (white[here + left] ?? 0) + (white[here + right] ?? 0) + (white[above + x] ?? 0) + (white[below + x] ?? 0)
  const corners =
    (white[above + left] ?? 0) + (white[above + right] ?? 0) + (white[below + left] ?? 0) + (white[below + right] ?? 0)
  return (white[here + x] ?? 0) + 0.45 * edges - 0.12 * corners
}
