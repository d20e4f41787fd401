import { findElement, withElements, type DataElement, type DataSet } from './data-set.ts'
import { FrameMismatchError, MetadataError, type InstanceIdentity } from './errors.ts'
import type { FrameIdentity } from './errors.ts'
import type { DecodedFrame } from './frames.ts'
import { tags } from './tags.ts'

/** What the Image Pixel module (PS3.3 C.7.6.3) says of every frame. */
export interface PixelFormat {
  readonly rows: number
  readonly columns: number
  readonly samplesPerPixel: number
  readonly bitsAllocated: number
  readonly isSigned: boolean
}

/**
 * Reads the pixel format of a data set; SamplesPerPixel is 1 and PixelRepresentation 0 where they are missing.
 *
 * @throws {MetadataError} when Rows, Columns or BitsAllocated is missing.
 */
export function pixelFormat(dataSet: DataSet, identity: InstanceIdentity): PixelFormat {
  return {
    rows: requiredNumber(dataSet, tags.rows, 'Rows', identity),
    columns: requiredNumber(dataSet, tags.columns, 'Columns', identity),
    samplesPerPixel: numberOf(dataSet, tags.samplesPerPixel) ?? 1,
    bitsAllocated: requiredNumber(dataSet, tags.bitsAllocated, 'BitsAllocated', identity),
    isSigned: numberOf(dataSet, tags.pixelRepresentation) === 1,
  }
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

/** What decoded pixels are, where the imported attributes speak of the encoding they came in. */
const decodedPhotometric: ReadonlyMap<string, string> = new Map([
  ['YBR_RCT', 'RGB'],
  ['YBR_ICT', 'RGB'],
  ['YBR_FULL_422', 'YBR_FULL'],
])

/**
 * Makes the attributes agree with decoded pixels: colour by pixel, colour transforms undone, chroma at full resolution.
 */
export function withDecodedPixels(dataSet: DataSet): DataSet {
  const photometric = photometricInterpretation(dataSet)
  const decoded = photometric === undefined ? undefined : decodedPhotometric.get(photometric)
  return withColourByPixel(decoded === undefined ? dataSet : withPhotometric(dataSet, decoded))
}

/** Sets PlanarConfiguration to 0 where there is more than one sample per pixel. */
export function withColourByPixel(dataSet: DataSet): DataSet {
  if ((numberOf(dataSet, tags.samplesPerPixel) ?? 1) === 1) return dataSet
  if (numberOf(dataSet, tags.planarConfiguration) === 0) return dataSet
  const element: DataElement = { tag: tags.planarConfiguration, vr: 'US', value: 0 }
  return withElements(dataSet, [{ tag: element.tag, element }])
}

export function photometricInterpretation(dataSet: DataSet): string | undefined {
  const value = findElement(dataSet, tags.photometricInterpretation)?.value
  return typeof value === 'string' ? value.trim() : undefined
}

export function withPhotometric(dataSet: DataSet, photometric: string): DataSet {
  const element: DataElement = { tag: tags.photometricInterpretation, vr: 'CS', value: photometric }
  return withElements(dataSet, [{ tag: element.tag, element }])
}

/**
 * Checks that a decoded frame is what the attributes say: width, height, samples per pixel and sign the same, and no
 * more bits than are allocated.
 *
 * @throws {FrameMismatchError}
 */
export function checkDecodedFrame(decoded: DecodedFrame, format: PixelFormat, frame: FrameIdentity): void {
  const why = mismatch(decoded, format)
  if (why !== undefined) throw new FrameMismatchError(frame, `frame ${frame.frameIndex + 1} ${why}`)
}

function mismatch(decoded: DecodedFrame, format: PixelFormat): string | undefined {
  const { width, height, components, bitsPerSample, isSigned, pixels } = decoded
  if (width !== format.columns || height !== format.rows) {
    return `is ${width} x ${height} and not ${format.columns} x ${format.rows}`
  }
  if (components !== format.samplesPerPixel) {
    return `has ${components} samples per pixel and not ${format.samplesPerPixel}`
  }
  if (isSigned !== format.isSigned) return `has ${isSigned ? 'signed' : 'unsigned'} samples`
  if (format.bitsAllocated % 8 !== 0 && format.bitsAllocated !== 1)
    return `cannot be written with ${format.bitsAllocated} bits allocated`
  if (bitsPerSample > format.bitsAllocated) return `has ${bitsPerSample} bits and ${format.bitsAllocated} are allocated`
  const byteLength = width * height * components * Math.ceil(bitsPerSample / 8)
  return pixels.length === byteLength ? undefined : `has ${pixels.length} bytes and not ${byteLength}`
}

/**
 * Samples as wide as BitsAllocated. A code stream of at most 8 bits decodes to one byte a sample also where the data
 * set allocates 16 or 32; the samples are then widened, with their sign.
 */
export function allocatedPixels(decoded: DecodedFrame, format: PixelFormat): Uint8Array<ArrayBuffer> {
  const from = Math.ceil(decoded.bitsPerSample / 8)
  const to = Math.ceil(format.bitsAllocated / 8)
  if (from === to) return decoded.pixels
  const samples = decoded.pixels.length / from
  const widened = new Uint8Array(samples * to)
  for (let sample = 0; sample < samples; sample++) {
    widened.set(decoded.pixels.subarray(sample * from, sample * from + from), sample * to)
    const isNegative = format.isSigned && ((decoded.pixels[sample * from + from - 1] ?? 0) & 0x80) !== 0
    if (isNegative) widened.fill(0xff, sample * to + from, sample * to + to)
  }
  return widened
}
