import { renderFrame } from '@ahi-dicom/renderer'
import type { ImageDescription, RenderOptions } from '@ahi-dicom/renderer'
import { encodePng } from './encode-png.ts'
import { PictureError } from './errors.ts'
import { imageDescriber } from './image-description.ts'
import type { FrameSet } from './instance.ts'
import { writeAtomically } from './write-atomically.ts'
import type { FileDigest } from './write-atomically.ts'

/** How {@link writePng} is to show a frame, and which. */
export interface PngOptions extends RenderOptions {
  /** Counted from 0, the default. */
  readonly frame?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Writes one frame of an instance as PNG, whole or not at all: rendered by the window or LUT of the data set in 8 bits, or
 * as the options say; see `RenderOptions` of the renderer.
 *
 * @throws PictureError for a frame that is not there; RenderError for one that makes no picture; OutputError
 */
export function writePng(instance: FrameSet, path: string, options: PngOptions = {}): Promise<FileDigest> {
  return writePicture(instance, imageDescriber(instance.attributes), path, options)
}

/** {@link writePng} for many frames of an instance. */
export async function writePicture(
  instance: Omit<FrameSet, 'attributes'>,
  describe: (frame: number) => ImageDescription,
  path: string,
  options: PngOptions,
): Promise<FileDigest> {
  const { frame = 0, signal, ...rendering } = options
  const { sopInstanceUid, frameCount } = instance
  if (!Number.isInteger(frame) || frame < 0 || frame >= frameCount) {
    const message = `Cannot write PNG of frame ${frame} of instance ${sopInstanceUid}: it has ${frameCount} frames, counted from 0`
    throw new PictureError(message, { sopInstanceUid, frame })
  }
  const pixels = await instance.frame(frame, { signal })
  signal?.throwIfAborted()
  return writeAtomically(path, await encodePng(renderFrame(pixels, describe(frame), rendering)), { signal })
}
