import { createRandom } from '../random.ts'

/** The parameters that determine the pixels of a tile. */
export interface TileDescription {
  readonly width: number
  readonly height: number
  readonly bitsAllocated: 8 | 16
  readonly samplesPerPixel: 1 | 3
  readonly seed: number
  /** Tiles of different variants have different pixels. */
  readonly variant: number
}

/** Bits per sample, and how many of them are noise. Compresses about as well as a CT. */
const depths = { 8: { bits: 8, noise: 3 }, 16: { bits: 12, noise: 4 } } as const

/** Returns BitsStored for BitsAllocated. */
export function storedBits(bitsAllocated: 8 | 16): number {
  return depths[bitsAllocated].bits
}

/**
 * Returns the pixels of a tile: colour by pixel, little endian. They are a pattern without short repetitions, plus
 * noise.
 */
export function tilePixels(description: TileDescription): Uint8Array<ArrayBuffer> {
  const { width, height, bitsAllocated, samplesPerPixel, seed, variant } = description
  const { bits, noise } = depths[bitsAllocated]
  const count = width * height * samplesPerPixel
  const samples = bitsAllocated === 8 ? new Uint8Array(count) : new Uint16Array(count)
  const random = createRandom(seed * 31 + variant)
  const patternMask = 2 ** (bits - 1) - 1
  for (let index = 0; index < count; index += 1) {
    const pixel = Math.floor(index / samplesPerPixel)
    const x = pixel % width
    const y = Math.floor(pixel / width)
    const pattern = (((x * y) >>> 6) + variant * 61 + (index % samplesPerPixel) * 17) & patternMask
    samples[index] = pattern + Math.floor(random.next() * 2 ** noise)
  }
  return new Uint8Array(samples.buffer)
}
