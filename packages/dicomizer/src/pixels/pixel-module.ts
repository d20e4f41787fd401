import { findElement, withElements, type DataSet } from '../data-set/data-set.ts'
import { MetadataError, type InstanceIdentity } from '../errors.ts'
import { numberOfFrames, tags } from '@ahi-dicom/dicom-standard'

/** The pixel format of every frame, from the Image Pixel module (PS3.3 C.7.6.3). */
export interface PixelFormat {
  readonly rows: number
  readonly columns: number
  readonly samplesPerPixel: number
  readonly bitsAllocated: number
  readonly isSigned: boolean
}

/** Values of BitsAllocated that can be read. PS3.5 8.1.1 allows others, which are not used in practice. */
const readableBits: ReadonlySet<number | undefined> = new Set([1, 8, 16, 32])

/**
 * Returns the pixel format of a data set. SamplesPerPixel is 1 and PixelRepresentation 0 if they are missing.
 *
 * @throws {MetadataError} if Rows, Columns or BitsAllocated is missing, or if BitsAllocated is not 1, 8, 16 or 32
 */
export function pixelFormat(dataSet: DataSet, identity: InstanceIdentity): PixelFormat {
  const format = statedFormat(dataSet, identity)
  const { bitsAllocated } = format
  if (readableBits.has(bitsAllocated)) return format
  const why = `it is ${bitsAllocated}, but only 1, 8, 16 and 32 are supported`
  throw new MetadataError(identity, 'BitsAllocated', why)
}

/** Returns the pixel format of a data set like {@link pixelFormat}, but allows every BitsAllocated. */
export function statedFormat(dataSet: DataSet, identity: InstanceIdentity): PixelFormat {
  return {
    rows: requiredNumber(dataSet, tags.rows, 'Rows', identity),
    columns: requiredNumber(dataSet, tags.columns, 'Columns', identity),
    samplesPerPixel: numberOf(dataSet, tags.samplesPerPixel) ?? 1,
    bitsAllocated: requiredNumber(dataSet, tags.bitsAllocated, 'BitsAllocated', identity),
    isSigned: numberOf(dataSet, tags.pixelRepresentation) === 1,
  }
}

/** Returns whether a data set has all elements that {@link pixelFormat} requires. */
export function hasPixelFormat(dataSet: DataSet): boolean {
  const hasSides = [tags.rows, tags.columns].every((tag) => (numberOf(dataSet, tag) ?? 0) > 0)
  return hasSides && readableBits.has(numberOf(dataSet, tags.bitsAllocated))
}

/** Returns NumberOfFrames, or 1 if it is missing, empty, 0 or not a number. */
export function statedFrames(dataSet: DataSet): number {
  return numberOfFrames(findElement(dataSet, tags.numberOfFrames)?.value) ?? 1
}

/** Returns the number of samples of one frame, over all components. */
export function samplesPerFrame({ rows, columns, samplesPerPixel }: PixelFormat): number {
  return rows * columns * samplesPerPixel
}

/** Returns the bytes of one decoded frame. A 1-bit sample is decoded to a byte. */
export function frameByteLength(format: PixelFormat): number {
  return samplesPerFrame(format) * Math.ceil(format.bitsAllocated / 8)
}

/** Returns the bytes of native Pixel Data without padding. 1-bit samples are packed across frames (PS3.5 8.1.1). */
export function nativeByteLength(format: PixelFormat, frames: number): number {
  if (format.bitsAllocated === 1) return Math.ceil((samplesPerFrame(format) * frames) / 8)
  return frameByteLength(format) * frames
}

/** Returns the first value of an element as a number, or undefined if it is missing. */
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
    throw new MetadataError(identity, keyword, 'it is required for an instance with frames')
  return number
}

/** A new value for an element. */
export interface Replacement {
  readonly tag: number
  readonly vr: string
  readonly value: string | number
}

/** Returns a data set with a value set. Returns the data set itself if it already has the value. */
export function withValue(dataSet: DataSet, { tag, vr, value }: Replacement): DataSet {
  const present = typeof value === 'number' ? numberOf(dataSet, tag) : textOf(dataSet, tag)
  return present === value ? dataSet : withElements(dataSet, [{ tag, element: { tag, vr, value } }])
}

/** Returns the first value of an element as text without padding, or undefined if it is missing. */
export function textOf(dataSet: DataSet, tag: number): string | undefined {
  const value = findElement(dataSet, tag)?.value
  const first = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' && first.trim() !== '' ? first.trim() : undefined
}

/**
 * Returns a data set with PlanarConfiguration 0 if it has more than one sample per pixel. Otherwise returns it
 * unchanged.
 */
export function withColourByPixel(dataSet: DataSet): DataSet {
  const tag = tags.planarConfiguration
  if ((numberOf(dataSet, tags.samplesPerPixel) ?? 1) > 1) return withValue(dataSet, { tag, vr: 'US', value: 0 })
  return dataSet
}
