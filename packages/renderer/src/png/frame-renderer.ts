import { frameDescriber, type DescribeOptions, type FrameDescription } from '../describe/describe-image.ts'
import type { PixelDensity } from '../describe/pixel-density.ts'
import type { Picture } from '../render/picture.ts'
import { renderFrame } from '../render/render-frame.ts'
import type { RenderOptions } from '../render/render-options.ts'
import { noSuchFrame, pictureCount, type PictureSource } from './picture-source.ts'

/** Options of {@link createFrameRenderer}. */
export interface FrameRendererOptions extends RenderOptions, DescribeOptions {
  readonly signal?: AbortSignal | undefined
}

/** A rendered frame of an instance. */
export interface RenderedFrame {
  readonly picture: Picture
  /** Pixels per metre, or their proportion. Undefined if no attribute gives a valid one. */
  readonly density: PixelDensity | undefined
}

/**
 * Returns a function that renders a frame of a source, counted from 0. Reads attributes that all frames share only
 * once.
 *
 * The function throws {@link PictureError} for a frame that the source does not have, and {@link RenderError} if pixels
 * and attributes do not make a picture.
 *
 * @example
 * import { createFrameRenderer } from '@ahi-dicom/renderer'
 *
 * const render = createFrameRenderer(instance, { window: { center: 40, width: 400 } })
 * const { picture, density } = await render(0)
 * console.log(picture.width, picture.height, density?.unit) // 512 512 metre
 */
export function createFrameRenderer(
  source: PictureSource,
  { signal, onNotice, ...options }: FrameRendererOptions = {},
): (frame: number) => Promise<RenderedFrame> {
  let describe: ((frame: number) => FrameDescription) | undefined
  return async (frame) => {
    if (!Number.isInteger(frame) || frame < 0 || frame >= pictureCount(source)) throw noSuchFrame(source, frame)
    const pixels = await source.frame(frame, { signal })
    signal?.throwIfAborted()
    // Attributes describe the decoded frames only after the first frame was read.
    describe ??= frameDescriber(source.attributes, { overlays: options.overlays === true, onNotice })
    const { image, density } = describe(frame)
    return { picture: renderFrame(pixels, image, options), density }
  }
}
