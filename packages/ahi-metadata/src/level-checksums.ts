import { frameChecksum } from './frame-checksum.ts'
import { lowBand } from './low-band.ts'
import type { FrameChecksum } from './image-set-metadata.ts'
import type { Plane } from './low-band.ts'

/** The size and the sample format of a decoded frame. */
export interface FrameFormat {
  readonly width: number
  readonly height: number
  /** Samples per pixel. The samples of a pixel follow each other. */
  readonly components: number
  /** Precision of a sample, 1 to 16 bits. Up to 8 bits take one byte. More take two bytes, little endian. */
  readonly bitsPerSample: number
  readonly isSigned: boolean
}

/**
 * Shortest side of a lower level. In documents of 2023 the shortest side seen is 120, and no level has a side of 94 or
 * less. The exact bound between them is unknown.
 */
const leastSide = 120

/**
 * Returns the checksums of a frame from its base resolution to the full one, as documents of 2023 list them. A lower
 * level is the LL band of the reversible 5/3 wavelet. Three or more components first go through the reversible colour
 * transform, as in an encoder with MCT.
 *
 * @throws {RangeError} if HTJ2K frames cannot have the format, or the number of bytes does not match it
 * @example
 * import { levelChecksums } from '@ahi-dicom/ahi-metadata'
 * import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
 *
 * const frame = await decodeFrame(codeStream)
 * for (const { Width, Height, Checksum } of levelChecksums(frame.pixels, frame)) console.log(Width, Height, Checksum)
 */
export function levelChecksums(pixels: Uint8Array, format: FrameFormat): FrameChecksum[] {
  requireFormat(pixels, format)
  const { width, height } = format
  const levels: FrameChecksum[] = [{ Width: width, Height: height, Checksum: frameChecksum(pixels) }]
  if (!hasLowerLevel(format)) return levels
  let planes = transformColour(readPlanes(pixels, format))
  for (
    let size: Pick<Plane, 'width' | 'height'> = format;
    hasLowerLevel(size);
    size = planes[0] ?? { width: 0, height: 0 }
  ) {
    planes = planes.map(lowBand)
    levels.unshift(levelChecksum(planes, format))
  }
  return levels
}

function requireFormat(pixels: Uint8Array, { width, height, components, bitsPerSample }: FrameFormat): void {
  const isFrame = [width, height, components, bitsPerSample].every((value) => Number.isInteger(value) && value > 0)
  if (!isFrame || bitsPerSample > 16) {
    throw new RangeError(
      `Cannot compute frame checksums of ${width} x ${height} x ${components} samples of ${bitsPerSample} bits: ` +
        'sizes must be positive and samples have 1 to 16 bits',
    )
  }
  const byteLength = width * height * components * bytesPerSample(bitsPerSample)
  if (pixels.byteLength === byteLength) return
  throw new RangeError(`Cannot compute frame checksums: the frame has ${pixels.byteLength} bytes, not ${byteLength}`)
}

function hasLowerLevel({ width, height }: Pick<Plane, 'width' | 'height'>): boolean {
  return Math.ceil(Math.min(width, height) / 2) >= leastSide
}

function levelChecksum(planes: readonly Plane[], format: FrameFormat): FrameChecksum {
  const [{ width: Width, height: Height } = { width: 0, height: 0 }] = planes
  return { Width, Height, Checksum: frameChecksum(writePlanes(restoreColour(planes), format)) }
}

function bytesPerSample(bitsPerSample: number): 1 | 2 {
  return bitsPerSample <= 8 ? 1 : 2
}

function readPlanes(pixels: Uint8Array, { width, height, components, bitsPerSample, isSigned }: FrameFormat): Plane[] {
  const view = new DataView(pixels.buffer, pixels.byteOffset, pixels.byteLength)
  const bytes = bytesPerSample(bitsPerSample)
  const unusedBits = 32 - 8 * bytes
  return Array.from({ length: components }, (_, component) => {
    const samples = new Int32Array(width * height)
    for (let index = 0; index < samples.length; index += 1) {
      const offset = (index * components + component) * bytes
      const sample = bytes === 1 ? view.getUint8(offset) : view.getUint16(offset, true)
      samples[index] = isSigned ? (sample << unusedBits) >> unusedBits : sample
    }
    return { width, height, samples }
  })
}

function writePlanes(planes: readonly Plane[], { bitsPerSample, isSigned }: FrameFormat): Uint8Array {
  const bytes = bytesPerSample(bitsPerSample)
  const least = isSigned ? -(2 ** (bitsPerSample - 1)) : 0
  const greatest = least + 2 ** bitsPerSample - 1
  const pixelCount = planes[0]?.samples.length ?? 0
  const view = new DataView(new ArrayBuffer(pixelCount * planes.length * bytes))
  planes.forEach(({ samples }, component) => {
    samples.forEach((sample, index) => {
      const offset = (index * planes.length + component) * bytes
      const clamped = Math.min(Math.max(sample, least), greatest)
      if (bytes === 1) view.setUint8(offset, clamped & 0xff)
      else view.setUint16(offset, clamped & 0xffff, true)
    })
  })
  return new Uint8Array(view.buffer)
}

/** Applies the reversible colour transform of T.800 G.2 to the first three components. */
function transformColour(planes: readonly Plane[]): Plane[] {
  return mapColour(planes, (red, green, blue) => [(red + 2 * green + blue) >> 2, blue - green, red - green])
}

function restoreColour(planes: readonly Plane[]): Plane[] {
  return mapColour(planes, (luma, blueDifference, redDifference) => {
    const green = luma - ((blueDifference + redDifference) >> 2)
    return [redDifference + green, green, blueDifference + green]
  })
}

function mapColour(
  planes: readonly Plane[],
  map: (first: number, second: number, third: number) => readonly [number, number, number],
): Plane[] {
  const [first, second, third, ...others] = planes
  if (first === undefined || second === undefined || third === undefined) return [...planes]
  const mapped = [first, second, third].map((plane) => ({ ...plane, samples: new Int32Array(plane.samples.length) }))
  for (let index = 0; index < first.samples.length; index += 1) {
    const values = map(first.samples[index] ?? 0, second.samples[index] ?? 0, third.samples[index] ?? 0)
    mapped.forEach(({ samples }, component) => {
      samples[index] = values[component] ?? 0
    })
  }
  return [...mapped, ...others]
}
