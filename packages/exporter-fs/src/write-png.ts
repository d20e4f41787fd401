import { renderFrame } from '@ahi-dicom/renderer'
import type { RenderOptions } from '@ahi-dicom/renderer'
import { encodePng } from './encode-png.ts'
import { PictureError } from './errors.ts'
import { frameDescriber } from './image-description.ts'
import type { FrameDescription } from './image-description.ts'
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
 * as the options say; see `RenderOptions` of the renderer. Pixels stay as they are, square or not: a pHYs chunk has their
 * size where the data set has it.
 *
 * @throws PictureError for a frame that is not there; RenderError for one that makes no picture; OutputError
 */
export function writePng(instance: FrameSet, path: string, options: PngOptions = {}): Promise<FileDigest> {
  const describe = frameDescriber(instance.attributes, { overlays: options.overlays === true })
  return writePicture(instance, describe, path, options)
}

/** {@link writePng} for many frames of an instance. */
export async function writePicture(
  instance: Omit<FrameSet, 'attributes'>,
  describe: (frame: number) => FrameDescription,
  path: string,
  options: PngOptions,
): Promise<FileDigest> {
  const { frame = 0, signal, ...rendering } = options
  if (!Number.isInteger(frame) || frame < 0 || frame >= instance.frameCount) throw noSuchFrame(instance, frame)
  const pixels = await instance.frame(frame, { signal })
  signal?.throwIfAborted()
  const { image, density } = describe(frame)
  return writeAtomically(path, await encodePng(renderFrame(pixels, image, rendering), { density }), { signal })
}

/** The error for a frame that an instance does not have. */
export function noSuchFrame(instance: Omit<FrameSet, 'attributes'>, frame: number): PictureError {
  const { sopInstanceUid, frameCount } = instance
  const frames = frameCount === 1 ? '1 frame' : `${frameCount} frames`
  const message = `Cannot write PNG of frame number ${frame + 1} of instance ${sopInstanceUid}: it has ${frames}`
  return new PictureError(message, { sopInstanceUid, frame })
}
