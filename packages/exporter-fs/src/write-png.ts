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
  return pictureWriter(instance, options)(path, options.frame ?? 0)
}

/** Makes a {@link writePng} for many frames of an instance: what they have in common is looked up once. */
export function pictureWriter(
  instance: FrameSet,
  { signal, ...options }: Omit<PngOptions, 'frame'>,
): (path: string, frame: number) => Promise<FileDigest> {
  let describe: ((frame: number) => FrameDescription) | undefined
  return async (path, frame) => {
    if (!Number.isInteger(frame) || frame < 0 || frame >= pictureCount(instance)) throw noSuchFrame(instance, frame)
    const pixels = await instance.frame(frame, { signal })
    signal?.throwIfAborted()
    describe ??= frameDescriber(instance.attributes, { overlays: options.overlays === true })
    const { image, density } = describe(frame)
    return writeAtomically(path, await encodePng(renderFrame(pixels, image, options), { density }), { signal })
  }
}

/** How many frames of an instance there are pictures of. */
export function pictureCount({ pictureCount: count, frameCount }: FrameSet): number {
  return count ?? frameCount
}

/** The error for a frame that an instance does not have. */
export function noSuchFrame(instance: FrameSet, frame: number): PictureError {
  const { sopInstanceUid } = instance
  const count = pictureCount(instance)
  const frames = count === 1 ? '1 frame' : `${count} frames`
  const message = `Cannot write PNG of frame number ${frame + 1} of instance ${sopInstanceUid}: it has ${frames}`
  return new PictureError(message, { sopInstanceUid, frame })
}
