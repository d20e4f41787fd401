import { findElement, withElements, type DataSet } from '../data-set/data-set.ts'
import { MetadataError, type InstanceIdentity } from '../errors.ts'
import { numberOfFrames, tags } from '@ahi-dicom/dicom-standard'

/** What the Image Pixel module (PS3.3 C.7.6.3) says of every frame. */
export interface PixelFormat {
  readonly rows: number
  readonly columns: number
  readonly samplesPerPixel: number
  readonly bitsAllocated: number
  readonly isSigned: boolean
}

/** BitsAllocated of samples that can be read. PS3.5 8.1.1 allows more, which nothing writes. */
const readableBits: ReadonlySet<number | undefined> = new Set([1, 8, 16, 32])

/**
 * Reads the pixel format of a data set. SamplesPerPixel is 1 and PixelRepresentation 0 if they are missing.
 *
 * @throws {MetadataError} if Rows, Columns or BitsAllocated is missing, or samples of BitsAllocated cannot be read
 */
export function pixelFormat(dataSet: DataSet, identity: InstanceIdentity): PixelFormat {
  const format = statedFormat(dataSet, identity)
  const { bitsAllocated } = format
  if (readableBits.has(bitsAllocated)) return format
  const why = `it is ${bitsAllocated}, and samples of 1, 8, 16 or 32 bits can be read`
  throw new MetadataError(identity, 'BitsAllocated', why)
}

/** Reads the pixel format as {@link pixelFormat} does, of samples with any number of bits. */
export function statedFormat(dataSet: DataSet, identity: InstanceIdentity): PixelFormat {
  return {
    rows: requiredNumber(dataSet, tags.rows, 'Rows', identity),
    columns: requiredNumber(dataSet, tags.columns, 'Columns', identity),
    samplesPerPixel: numberOf(dataSet, tags.samplesPerPixel) ?? 1,
    bitsAllocated: requiredNumber(dataSet, tags.bitsAllocated, 'BitsAllocated', identity),
    isSigned: numberOf(dataSet, tags.pixelRepresentation) === 1,
  }
}

/** Whether a data set has all that {@link pixelFormat} requires. */
export function hasPixelFormat(dataSet: DataSet): boolean {
  const hasSides = [tags.rows, tags.columns].every((tag) => (numberOf(dataSet, tag) ?? 0) > 0)
  return hasSides && readableBits.has(numberOf(dataSet, tags.bitsAllocated))
}

/** Frames by NumberOfFrames: 1 if it is missing, empty, 0 or no number. */
export function statedFrames(dataSet: DataSet): number {
  return numberOfFrames(findElement(dataSet, tags.numberOfFrames)?.value) ?? 1
}

/** Samples of one frame, those of all components. */
export function samplesPerFrame({ rows, columns, samplesPerPixel }: PixelFormat): number {
  return rows * columns * samplesPerPixel
}

/** Bytes of one decoded frame; a sample of one bit is decoded to a byte. */
export function frameByteLength(format: PixelFormat): number {
  return samplesPerFrame(format) * Math.ceil(format.bitsAllocated / 8)
}

/** Bytes of native Pixel Data without its padding. Samples of one bit are packed across frames (PS3.5 8.1.1). */
export function nativeByteLength(format: PixelFormat, frames: number): number {
  if (format.bitsAllocated === 1) return Math.ceil((samplesPerFrame(format) * frames) / 8)
  return frameByteLength(format) * frames
}

/** The first value of an element as a number. */
export function numberOf(dataSet: DataSet, tag: number): number | undefined {
  const value = findElement(dataSet, tag)?.value
  const first = Array.isArray(value) ? value[0] : value
  if (first === null || first === undefined || first === '') return undefined
  const number = Number(first)
  return Number.isNaN(number) ? undefined : number
}

function requiredNumber(dataSet: DataSet, tag: number, keyword: string, identity: InstanceIdentity): number {
  const number = numberOf(dataSet, tag)
  if (number === undefined || number <= 0)
    throw new MetadataError(identity, keyword, 'an instance with frames needs it')
  return number
}

/** An element that replaces what a data set has. */
export interface Replacement {
  readonly tag: number
  readonly vr: string
  readonly value: string | number
}

/** Sets an element; the data set itself where it has that value already. */
export function withValue(dataSet: DataSet, { tag, vr, value }: Replacement): DataSet {
  const present = typeof value === 'number' ? numberOf(dataSet, tag) : textOf(dataSet, tag)
  return present === value ? dataSet : withElements(dataSet, [{ tag, element: { tag, vr, value } }])
}

/** The first value of an element as text without padding; undefined where there is none. */
export function textOf(dataSet: DataSet, tag: number): string | undefined {
  const value = findElement(dataSet, tag)?.value
  const first = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' && first.trim() !== '' ? first.trim() : undefined
}

/** Sets PlanarConfiguration to 0 where there is more than one sample per pixel, and removes it where there is one. */
export function withColourByPixel(dataSet: DataSet): DataSet {
  const tag = tags.planarConfiguration
  if ((numberOf(dataSet, tags.samplesPerPixel) ?? 1) > 1) return withValue(dataSet, { tag, vr: 'US', value: 0 })
  return dataSet
}
