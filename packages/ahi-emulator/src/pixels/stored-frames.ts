import { frameChecksum, levelChecksums, type FrameChecksum } from '@ahi-dicom/ahi-metadata'
import { tags } from '@ahi-dicom/dicom-standard'
import { explicitVrLittleEndian, lookUpTransferSyntax } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { losslessTransferSyntax, type LosslessStorageFormat } from '@ahi-dicom/dicomizer'
import type { DataElement, Part10File } from '@ahi-dicom/dicom-standard/reader'
import type { DocumentForm } from '../document/encode-data-set.ts'
import { decodeEncapsulatedFrame } from './decode-frame.ts'
import { encapsulatedFrames } from './encapsulated-frames.ts'
import { encodeLosslessly } from './encode-losslessly.ts'
import { readFirstCodeStream } from './first-code-stream.ts'
import { frameStorage } from './frame-storage.ts'
import { readImagePixel, type ImagePixel } from './image-pixel.ts'
import { bitPackedFrame, createNativeFrameReader } from './native-frames.ts'
import type { Samples } from './samples.ts'
import { UnstorableFrameError } from './unstorable-frame-error.ts'

/** A frame in its stored form, with its data for the metadata document. */
export interface StoredFrame {
  readonly data: Uint8Array
  readonly checksums: FrameChecksum[]
  /** `null` for frames that are kept as imported. */
  readonly least: number | null
  readonly greatest: number | null
  /** Size in bytes of the decoded frame, or of a frame kept as imported. */
  readonly decodedByteLength: number
}

/** The frames of one instance, produced one at a time. */
export interface StoredFrames {
  readonly storedTransferSyntaxUid: string
  /** True if the checksums cover decoded samples. */
  readonly isTranscoded: boolean
  readonly frames: AsyncIterable<StoredFrame>
  /** Photometric interpretation of the samples, if it differs from the one in the data set. */
  readonly photometricInterpretation: string | undefined
  /** Differences from the service's storage, or from the data set. */
  readonly warnings: readonly string[]
}

/** Options of {@link storedFrames}. */
export interface FrameStorageOptions {
  /** Form of the metadata documents: the service's current form, or its form of 2023. */
  readonly form: DocumentForm
  /** Lossless format of the data store. */
  readonly losslessStorageFormat: LosslessStorageFormat
}

/**
 * Returns the frames that AHI would store for a file, or `undefined` if the file has no Pixel Data. Float pixel data
 * (7FE0,0008 and 7FE0,0009) counts as an ordinary attribute, because no source says how AHI treats it.
 * @throws {UnstorableFrameError} at once if the pixel data cannot be stored, or while iterating if a frame cannot be
 *   decoded
 */
export function storedFrames(file: Part10File, options: FrameStorageOptions): StoredFrames | undefined {
  const { dataSet, transferSyntaxUid } = file
  const pixelData = dataSet.get(tags.pixelData)
  if (pixelData === undefined || (pixelData.fragments === undefined && pixelData.value.byteLength === 0))
    return undefined
  const storage = frameStorage(transferSyntaxUid)
  if (storage === undefined) {
    throw new UnstorableFrameError(`pixel data of transfer syntax ${transferSyntaxUid} is not supported`, {
      warning: 'UNSUPPORTED_TRANSFER_SYNTAX',
    })
  }
  const image = readImagePixel(dataSet)
  if (storage === 'object as imported')
    return keptFrames(transferSyntaxUid, image, encapsulatedFrames(dataSet, pixelData, 1))
  if (storage === 'frame as imported') {
    const frames = encapsulatedFrames(dataSet, pixelData, image.numberOfFrames)
    const { warnings } = readFirstCodeStream(frames, image, transferSyntaxUid)
    return { ...keptFrames(transferSyntaxUid, image, frames), warnings: [...warnings, ...warningsOfEmpty(frames)] }
  }
  requireBits(image)
  if (image.bitsAllocated === 1 && transferSyntaxUid === explicitVrLittleEndian) {
    return keptFrames(explicitVrLittleEndian, image, bitPackedFrames(pixelData, image))
  }
  if (pixelData.fragments !== undefined) {
    const frames = encapsulatedFrames(dataSet, pixelData, image.numberOfFrames)
    const { photometricInterpretation, warnings } = readFirstCodeStream(frames, image, transferSyntaxUid)
    const stored = storedSamples(decodedFrames(frames, image, transferSyntaxUid), image, options, transferSyntaxUid)
    return { ...stored, photometricInterpretation, warnings: [...stored.warnings, ...warnings] }
  }
  return storedSamples(nativeFrames(pixelData, image), image, options, transferSyntaxUid)
}

/**
 * Transcodes samples, or keeps them uncompressed if they have 32 bits. Only uncompressed files and RLE have these:
 * other code streams have at most 16 bits.
 */
function storedSamples(
  samples: AsyncIterable<Samples>,
  image: ImagePixel,
  options: FrameStorageOptions,
  transferSyntaxUid: string,
): StoredFrames {
  const { codeStream, isEncapsulated } = lookUpTransferSyntax(transferSyntaxUid) ?? {}
  const hasCodeStreams = isEncapsulated === true && codeStream !== 'rle'
  if (image.bitsAllocated <= 16 || hasCodeStreams) return transcodedFrames(samples, image, options)
  const raw = keptFrames(explicitVrLittleEndian, image, rawFrames(samples))
  return { ...raw, warnings: [`samples of ${image.bitsAllocated} bits are kept uncompressed`] }
}

const wideBits = 32

/** Rejects 24 and 64 bits, which are not supported. */
function requireBits({ bitsAllocated }: ImagePixel): void {
  if (bitsAllocated <= 16 || bitsAllocated === wideBits) return
  throw new UnstorableFrameError(`pixel data of ${bitsAllocated} bits allocated is not supported`)
}

function warningsOfEmpty(frames: readonly Uint8Array[]): string[] {
  const count = frames.filter(({ byteLength }) => byteLength === 0).length
  return count === 0 ? [] : [`${count} of ${frames.length} frames have no bytes; they are kept empty`]
}

function* bitPackedFrames(pixelData: DataElement, image: ImagePixel): Iterable<Uint8Array> {
  for (let frame = 0; frame < image.numberOfFrames; frame += 1) yield bitPackedFrame(pixelData, frame, image)
}

async function* nativeFrames(pixelData: DataElement, image: ImagePixel): AsyncIterable<Samples> {
  const readFrame = createNativeFrameReader(pixelData, image)
  for (let frame = 0; frame < image.numberOfFrames; frame += 1) yield readFrame(frame)
}

async function* decodedFrames(
  frames: readonly Uint8Array[],
  image: ImagePixel,
  transferSyntaxUid: string,
): AsyncIterable<Samples> {
  for (const frame of frames) yield await decodeEncapsulatedFrame(frame, image, transferSyntaxUid)
}

/**
 * Yields uncompressed frames: little endian, colour by pixel. For samples of 32 bits, which the HTJ2K codec does not
 * support.
 */
async function* rawFrames(samples: AsyncIterable<Samples>): AsyncIterable<Uint8Array> {
  for await (const frame of samples) yield frame.data
}

function keptFrames(
  storedTransferSyntaxUid: string,
  image: ImagePixel,
  frames: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): StoredFrames {
  return {
    storedTransferSyntaxUid,
    isTranscoded: false,
    frames: describeKept(image, frames),
    photometricInterpretation: undefined,
    warnings: [],
  }
}

async function* describeKept(
  { columns, rows }: ImagePixel,
  frames: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncIterable<StoredFrame> {
  for await (const data of frames) {
    yield {
      data,
      checksums: [{ Width: columns, Height: rows, Checksum: frameChecksum(data) }],
      least: null,
      greatest: null,
      decodedByteLength: data.byteLength,
    }
  }
}

function transcodedFrames(
  samples: AsyncIterable<Samples>,
  image: ImagePixel,
  options: FrameStorageOptions,
): StoredFrames {
  return {
    storedTransferSyntaxUid: losslessTransferSyntax(options.losslessStorageFormat),
    isTranscoded: true,
    frames: describeTranscoded(samples, image, options),
    photometricInterpretation: undefined,
    warnings: [],
  }
}

async function* describeTranscoded(
  samples: AsyncIterable<Samples>,
  image: ImagePixel,
  { form, losslessStorageFormat }: FrameStorageOptions,
): AsyncIterable<StoredFrame> {
  for await (const frame of samples) {
    const { codeStream, pixels, bitsPerSample, least, greatest } = await encodeLosslessly(
      frame,
      image,
      losslessStorageFormat,
    )
    const format = {
      width: image.columns,
      height: image.rows,
      components: image.samplesPerPixel,
      bitsPerSample,
      isSigned: frame.isSigned,
    }
    yield {
      data: codeStream,
      checksums: form === '2023' ? levelChecksums(pixels, format) : [fullChecksum(pixels, image)],
      least,
      greatest,
      decodedByteLength: pixels.byteLength,
    }
  }
}

function fullChecksum(pixels: Uint8Array, { columns, rows }: ImagePixel): FrameChecksum {
  return { Width: columns, Height: rows, Checksum: frameChecksum(pixels) }
}
