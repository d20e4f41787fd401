import type { Picture } from './picture.ts'

/**
 * Returns the size of a picture whose longer side is at most `longest`. Sides are whole, and at least 1.
 *
 * @example
 * import { fittingSize } from '@ahi-dicom/renderer'
 *
 * const { width, height } = fittingSize({ width: 512, height: 384 }, 128)
 * console.log(width, height) // 128 96
 */
export function fittingSize(
  { width, height }: Pick<Picture, 'width' | 'height'>,
  longest: number,
): Pick<Picture, 'width' | 'height'> {
  const factor = Math.min(1, longest / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) }
}

/**
 * Returns a picture of 8 bits in a smaller size: each pixel is the mean of the area that it covers.
 *
 * @example
 * import { scalePicture } from '@ahi-dicom/renderer'
 *
 * const picture = { width: 2, height: 2, channels: 1, bits: 8, data: Uint8Array.of(0, 50, 100, 50) } as const
 * console.log(scalePicture(picture, { width: 1, height: 1 }).data[0]) // 50
 */
export function scalePicture(picture: Picture, { width, height }: Pick<Picture, 'width' | 'height'>): Picture {
  if (width === picture.width && height === picture.height) return picture
  const { channels } = picture
  const narrow = scaleRows(picture.data, { from: picture.width, to: width, rows: picture.height, channels })
  const mean = scaleColumns(narrow, { from: picture.height, to: height, rowLength: width * channels })
  return { width, height, channels, bits: 8, data: Uint8Array.from(mean, Math.round) }
}

interface RowScale {
  readonly from: number
  readonly to: number
  readonly rows: number
  readonly channels: number
}

function scaleRows(source: Picture['data'], { from, to, rows, channels }: RowScale): Float32Array {
  const target = new Float32Array(rows * to * channels)
  const shares = sharesOf(from, to)
  for (let row = 0; row < rows; row += 1) {
    for (const { source: x, target: column, share } of shares) {
      const [at, into] = [(row * from + x) * channels, (row * to + column) * channels]
      for (let channel = 0; channel < channels; channel += 1) {
        target[into + channel] = (target[into + channel] ?? 0) + (source[at + channel] ?? 0) * share
      }
    }
  }
  return target
}

interface ColumnScale {
  readonly from: number
  readonly to: number
  readonly rowLength: number
}

function scaleColumns(source: Float32Array, { from, to, rowLength }: ColumnScale): Float32Array {
  const target = new Float32Array(to * rowLength)
  for (const { source: y, target: row, share } of sharesOf(from, to)) {
    const [at, into] = [y * rowLength, row * rowLength]
    for (let x = 0; x < rowLength; x += 1) target[into + x] = (target[into + x] ?? 0) + (source[at + x] ?? 0) * share
  }
  return target
}

/** The share of a target pixel that a source pixel covers. */
interface Share {
  readonly source: number
  readonly target: number
  readonly share: number
}

function sharesOf(from: number, to: number): readonly Share[] {
  const step = from / to
  const shares: Share[] = []
  for (let target = 0; target < to; target += 1) {
    const [start, end] = [target * step, (target + 1) * step]
    for (let source = Math.floor(start); source < Math.min(from, Math.ceil(end)); source += 1) {
      shares.push({ source, target, share: (Math.min(end, source + 1) - Math.max(start, source)) / step })
    }
  }
  return shares
}
