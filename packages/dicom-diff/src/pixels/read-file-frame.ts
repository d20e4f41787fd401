import type { PixelArray } from '@ahi-dicom/dicom-standard'
import type { OpenedPart10 } from '@ahi-dicom/dicom-standard/reader'
import { decodedColours } from './colours.ts'
import { FrameFailure } from './frame-failure.ts'
import { openFrames, type DecodeCodeStream } from './frame-source.ts'
import { readImage } from './image.ts'

/** Options of {@link readFileFrame}. */
export interface ReadFileFrameOptions {
  /** Number of the frame, from 0. */
  readonly frame: number
  /** Decodes code streams that htj2k-decoder supports. Default: in this thread. */
  readonly decode?: DecodeCodeStream | undefined
}

/** A decoded frame of a file. */
export interface FileFrame {
  /** Samples row by row, with the samples of a pixel together. */
  readonly values: PixelArray
  readonly width: number
  readonly height: number
  readonly components: number
  /** Photometric Interpretation of these samples. Decoding may have changed it. */
  readonly photometricInterpretation: string
}

/**
 * Reads and decodes one frame of a DICOM file. Returns `undefined` if the file lacks the frame, or it is damaged or
 * cannot be decoded.
 *
 * @example
 * import { readFile } from 'node:fs/promises'
 * import { bytesInMemory, openPart10 } from '@ahi-dicom/dicom-standard/reader'
 * import { readFileFrame } from '@ahi-dicom/dicom-diff'
 * import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
 *
 * const file = await openPart10(bytesInMemory(await readFile('CT0001.dcm')))
 * const frame = await readFileFrame(file, { frame: 0, decode: decodeFrame })
 * console.log(frame !== undefined) // true
 */
export async function readFileFrame(
  { dataSet, source, transferSyntaxUid }: OpenedPart10,
  { frame, decode }: ReadFileFrameOptions,
): Promise<FileFrame | undefined> {
  const image = readImage(dataSet)
  if (image === undefined) return undefined
  try {
    const frames = await openFrames({ dataSet, source, transferSyntaxUid, image, decode })
    if (frame >= Math.min(frames.count, image.frames) || frames.syntax?.isVideo === true) return undefined
    const { values, width, height, components } = await frames.samples(await frames.stored(frame))
    const photometricInterpretation = decodedColours(frames) ?? image.photometricInterpretation
    return { values, width, height, components, photometricInterpretation }
  } catch (error) {
    if (error instanceof FrameFailure) return undefined
    throw error
  }
}
