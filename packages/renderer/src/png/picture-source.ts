import type { DicomAttributes, PixelArray } from '@ahi-dicom/dicom-standard'
import { PictureError } from '../errors.ts'

/** An instance with frames to show, such as a `DicomInstance` of `@ahi-dicom/dicomizer`. */
export interface PictureSource {
  readonly sopInstanceUid: string
  readonly frameCount: number
  /**
   * Number of frames that can be shown. Default `frameCount`, which does not count float pixels: AHI has no frames for
   * them.
   */
  readonly pictureCount?: number | undefined
  /** Has to describe the decoded frames once the first frame was read. */
  readonly attributes: DicomAttributes
  /** Returns the samples of a frame, counted from 0. */
  frame(index: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<PixelArray>
}

/**
 * Returns the number of frames that can be shown.
 *
 * @example
 * import { pictureCount } from '@ahi-dicom/renderer'
 *
 * console.log(pictureCount(instance)) // 1
 */
export function pictureCount(source: Pick<PictureSource, 'frameCount' | 'pictureCount'>): number {
  return source.pictureCount ?? source.frameCount
}

/**
 * Returns the error for a frame, counted from 0, that the source does not have.
 *
 * @example
 * import { noSuchFrame, pictureCount } from '@ahi-dicom/renderer'
 *
 * const frame = 0
 * if (frame >= pictureCount(instance)) throw noSuchFrame(instance, frame)
 */
export function noSuchFrame(source: Omit<PictureSource, 'attributes' | 'frame'>, frame: number): PictureError {
  const { sopInstanceUid } = source
  const message = `Cannot show frame number ${frame + 1} of instance ${sopInstanceUid}: ${framesOf(pictureCount(source))}`
  return new PictureError(message, { sopInstanceUid, frame })
}

function framesOf(count: number): string {
  if (count === 0) return 'it has no frames.'
  return count === 1
    ? 'it has 1 frame. Choose frame number 1.'
    : `it has ${count} frames. Choose one from 1 to ${count}.`
}
