import type { Random } from '../random.ts'
import type { Canvas } from './canvas.ts'
import type { NoiseTexture } from './noise-texture.ts'
import { paintTorso, type Torso } from './torso.ts'

/** RescaleIntercept: the stored value of 0 Hounsfield units is 1024. */
export const rescaleIntercept = -1024
/** Stored value of pixels outside the circle that the scanner reconstructs. */
export const pixelPaddingValue = -2000
/** Side of a slice, in pixels and in millimetres. */
export const ctGrid = { size: 512, fieldOfView: 400 }

/** Standard deviation of the noise in the centre of the body, in Hounsfield units. */
const noiseLevel = 13

/** The state that the slices of a series share. */
export interface CtScanner {
  readonly torso: Torso
  /** Reused by every slice. */
  readonly canvas: Canvas
  readonly texture: NoiseTexture
  readonly random: Random
}

/** Returns the stored values of the slice at a height: signed 16 bits, little endian, row order. */
export function ctPixels(scanner: CtScanner, height: number): Uint8Array<ArrayBuffer> {
  const { torso, canvas, texture, random } = scanner
  paintTorso(torso, height, canvas)
  const { size, values } = canvas
  // Shift the texture by rows and columns, so that no two slices have the same noise.
  const shift = Math.floor(random.next() * texture.values.length)
  const stored = new Int16Array(size * size)
  for (let row = 0; row < size; row += 1) {
    const noiseRow = row * texture.size + shift
    for (let column = 0; column < size; column += 1) {
      const noise = texture.values[(noiseRow + column) % texture.values.length] ?? 0
      stored[row * size + column] = storedValue(values[row * size + column] ?? 0, row, column, noise)
    }
  }
  return new Uint8Array(stored.buffer)
}

/** Returns a stored value with noise. Noise increases towards the centre of the body, where the fewest photons pass. */
function storedValue(hounsfield: number, row: number, column: number, noise: number): number {
  const half = ctGrid.size / 2
  const x = (column - half) / half
  const y = (row - half) / half
  const radius = x * x + y * y
  if (radius > 1) return pixelPaddingValue
  const noisy = hounsfield + noise * noiseLevel * (1 - 0.55 * radius)
  return Math.floor(Math.min(3071, Math.max(-1024, noisy)) + 0.5) - rescaleIntercept
}
