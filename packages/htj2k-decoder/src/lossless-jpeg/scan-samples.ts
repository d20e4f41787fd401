import { createBitReader } from './bit-reader.ts'
import type { BitReader } from './bit-reader.ts'
import type { HuffmanDecoder } from './huffman-table.ts'

/** Samples of an image, with the samples of a pixel together. */
export interface SampleGrid {
  readonly width: number
  readonly height: number
  readonly components: number
  readonly samples: Uint16Array
}

/** One scan of a lossless JPEG (T.81 H.1). */
export interface LosslessScan {
  /** The components of the scan by their index in the frame, each with its Huffman table. */
  readonly components: readonly { readonly index: number; readonly decode: HuffmanDecoder }[]
  /** Number of the predictor, 1 to 7 (T.81 table H.1). */
  readonly predictor: number
  /** Number of low bits that are not coded. */
  readonly pointTransform: number
  readonly bitsPerSample: number
  /** Pixels between restart markers. 0 if there are no restart markers. */
  readonly restartInterval: number
}

/** Reads the samples of a scan into the grid. Returns the offset of the next marker. */
export function readScan(bytes: Uint8Array, start: number, scan: LosslessScan, grid: SampleGrid): number {
  const { width, height } = grid
  const { restartInterval } = scan
  const bits = createBitReader(bytes, start)
  const pixelCount = width * height
  let firstRow = 0
  for (let pixel = 0; pixel < pixelCount; pixel += 1) {
    if (restartInterval > 0 && pixel > 0 && pixel % restartInterval === 0) {
      bits.restart(pixel / restartInterval - 1)
      firstRow = pixel / width
    }
    const isFirstRow = Math.floor(pixel / width) === firstRow
    for (const component of scan.components) readSample(bits, { scan, component, grid, pixel, isFirstRow })
  }
  return bits.end()
}

interface SamplePlace {
  readonly scan: LosslessScan
  readonly component: LosslessScan['components'][number]
  readonly grid: SampleGrid
  readonly pixel: number
  /** True if no row above belongs to the same interval. */
  readonly isFirstRow: boolean
}

function readSample(bits: BitReader, place: SamplePlace): void {
  const { scan, component, grid, pixel } = place
  const value = (predicted(place) + readDifference(bits, component.decode)) & 0xffff
  if (value >= 2 ** (scan.bitsPerSample - scan.pointTransform)) throw new Error('a sample has more bits than its frame')
  grid.samples[pixel * grid.components + component.index] = value
}

/** Reads a difference: its number of bits and its value (T.81 F.1.2.1, H.1.2.2). */
function readDifference(bits: BitReader, decode: HuffmanDecoder): number {
  const length = decode(bits)
  if (length === 0) return 0
  if (length === 16) return 32_768
  if (length > 16) throw new Error('a difference has more than 16 bits')
  const value = bits.read(length)
  return value < 1 << (length - 1) ? value - (1 << length) + 1 : value
}

function predicted({ scan, component, grid, pixel, isFirstRow }: SamplePlace): number {
  const { samples, components, width } = grid
  const at = pixel * components + component.index
  const isFirstColumn = pixel % width === 0
  if (isFirstRow && isFirstColumn) return 2 ** (scan.bitsPerSample - scan.pointTransform - 1)
  const left = samples[at - components] ?? 0
  if (isFirstRow) return left
  const above = samples[at - components * width] ?? 0
  if (isFirstColumn) return above
  const corner = samples[at - components * (width + 1)] ?? 0
  return predict(scan.predictor, { left, above, corner })
}

/** Applies a predictor of T.81 table H.1. */
function predict(
  predictor: number,
  { left, above, corner }: { readonly left: number; readonly above: number; readonly corner: number },
): number {
  if (predictor === 1) return left
  if (predictor === 2) return above
  if (predictor === 3) return corner
  if (predictor === 4) return left + above - corner
  if (predictor === 5) return left + ((above - corner) >> 1)
  if (predictor === 6) return above + ((left - corner) >> 1)
  return (left + above) >> 1
}
