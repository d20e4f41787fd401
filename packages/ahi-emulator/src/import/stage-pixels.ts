import type { ImageFrame, InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import type { Part10File } from '@ahi-dicom/dicom-standard/reader'
import type { DocumentForm } from '../document/encode-data-set.ts'
import { keptPixelData } from '../pixels/kept-pixel-data.ts'
import { storedFrames, type FrameStorageOptions, type StoredFrame, type StoredFrames } from '../pixels/stored-frames.ts'
import { UnstorableFrameError } from '../pixels/unstorable-frame-error.ts'
import type { WarningName } from '../pixels/warning-codes.ts'
import { createId } from '../store/identifiers.ts'
import type { NewFrame } from '../store/image-sets.ts'
import type { NewPixelData } from '../store/kept-pixel-data.ts'

/** Appends bytes to the pack of an image set, and returns their offset. */
export type WriteToPack = (groupingKey: string, data: Uint8Array) => Promise<number>

/** A change or loss compared with the imported file. */
export interface StagingWarning {
  /** The service's name for the warning, if it has one. */
  readonly name?: WarningName | undefined
  readonly message: string
}

/** The pixels of an instance, ready to be added to an image set. */
export interface StagedPixels {
  readonly metadata: Pick<InstanceMetadata, 'ImageFrames'> & Partial<InstanceMetadata>
  readonly frames: readonly NewFrame[]
  readonly pixelData: NewPixelData | undefined
  /** Photometric interpretation of the samples, if it differs from the one in the data set. */
  readonly photometricInterpretation?: string | undefined
  readonly warnings: readonly StagingWarning[]
}

/** Options of {@link stagePixels}. */
export interface StagePixelsOptions extends FrameStorageOptions {
  readonly sopInstanceUid: string
  readonly groupingKey: string
  readonly writeToPack: WriteToPack
}

/** Small fragments are joined to pieces of this many bytes before they are written. */
const writtenAtOnce = 4 * 1024 * 1024

/**
 * Converts the pixel data of a file to frames. If that is not possible, keeps it in one piece, as the service has done
 * since 2025-12.
 */
export async function stagePixels(file: Part10File, options: StagePixelsOptions): Promise<StagedPixels> {
  try {
    return await stageFrames(storedFrames(file, options), options)
  } catch (error) {
    if (!(error instanceof UnstorableFrameError)) throw error
    const pixelData = await writePixelData(file, options)
    const { warning: name, message } = error
    return { metadata: { ImageFrames: [] }, frames: [], pixelData, warnings: [{ name, message }] }
  }
}

async function stageFrames(pixelData: StoredFrames | undefined, options: StagePixelsOptions): Promise<StagedPixels> {
  const written = await writeFrames(pixelData, options)
  const ImageFrames = written.map(({ imageFrame }) => imageFrame)
  return {
    metadata: { ...pixelDataFields(pixelData, options.form), ImageFrames },
    frames: written.map(({ newFrame }) => newFrame),
    pixelData: undefined,
    photometricInterpretation: pixelData?.photometricInterpretation,
    warnings: (pixelData?.warnings ?? []).map((message) => ({ message })),
  }
}

/**
 * Returns the instance fields about pixel data, which documents of 2023 lack. The service's ChecksumType for frames
 * kept as imported is not known, so it is left out.
 */
function pixelDataFields(pixelData: StoredFrames | undefined, form: DocumentForm): Partial<InstanceMetadata> {
  if (pixelData === undefined || form === '2023') return {}
  return {
    StoredTransferSyntaxUID: pixelData.storedTransferSyntaxUid,
    ...(pixelData.isTranscoded ? { ChecksumType: 'DECOMPRESSED' } : {}),
  }
}

interface WrittenFrame {
  readonly imageFrame: ImageFrame
  readonly newFrame: NewFrame
}

async function writeFrames(
  pixelData: StoredFrames | undefined,
  { form, writeToPack, groupingKey }: StagePixelsOptions,
): Promise<WrittenFrame[]> {
  const written: WrittenFrame[] = []
  if (pixelData === undefined) return written
  for await (const frame of pixelData.frames) {
    const newFrame = {
      id: createId(),
      byteOffset: await writeToPack(groupingKey, frame.data),
      byteLength: frame.data.byteLength,
      transferSyntaxUid: pixelData.storedTransferSyntaxUid,
    }
    written.push({ imageFrame: describeFrame(newFrame.id, frame, form), newFrame })
  }
  return written
}

function describeFrame(id: string, frame: StoredFrame, form: DocumentForm): ImageFrame {
  return {
    ID: id,
    PixelDataChecksumFromBaseToFullResolution: frame.checksums,
    MinPixelValue: frame.least,
    MaxPixelValue: frame.greatest,
    FrameSizeInBytes: form === '2023' ? frame.decodedByteLength : frame.data.byteLength,
  }
}

async function writePixelData(file: Part10File, options: StagePixelsOptions): Promise<NewPixelData> {
  const { sopInstanceUid, groupingKey, writeToPack } = options
  const { pieces, ...form } = keptPixelData(file)
  const byteLength = pieces.reduce((sum, piece) => sum + piece.byteLength, 0)
  let byteOffset: number | undefined
  for (const chunk of joinedPieces(pieces)) {
    const offset = await writeToPack(groupingKey, chunk)
    byteOffset ??= offset
  }
  return { ...form, sopInstanceUid, byteOffset: byteOffset ?? 0, byteLength }
}

function* joinedPieces(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  let waiting: Uint8Array[] = []
  let byteLength = 0
  for (const piece of pieces) {
    waiting.push(piece)
    byteLength += piece.byteLength
    if (byteLength < writtenAtOnce) continue
    yield Buffer.concat(waiting)
    waiting = []
    byteLength = 0
  }
  if (byteLength > 0) yield Buffer.concat(waiting)
}
