import type { PixelArray } from '@ahi-dicom/dicom-standard'
import type { OpenedPart10 } from '@ahi-dicom/dicom-standard/reader'
import { decodedColours } from './colours.ts'
import { FrameFailure } from './frame-failure.ts'
import { openFrames, type DecodeCodeStream } from './frame-source.ts'
import { readImage } from './image.ts'

/** Options of {@link readFileFrame}. */
export interface ReadFileFrameOptions {
  /** Counted from 0. */
  readonly frame: number
  /** Decodes what htj2k-decoder decodes. Default: in this thread. */
  readonly decode?: DecodeCodeStream | undefined
}

/** The decoded frame of a file. */
export interface FileFrame {
  /** In row order, colour by pixel. */
  readonly values: PixelArray
  readonly width: number
  readonly height: number
  readonly components: number
  /** Photometric Interpretation of these samples, which decoding may have changed. */
  readonly photometricInterpretation: string
}

/**
 * Reads one frame of a DICOM file. Returns undefined if the file has no such frame, or one that is damaged or of a coding
 * that is not decoded.
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
