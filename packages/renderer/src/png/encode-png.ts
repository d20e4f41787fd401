import { encodePicture } from './encode-picture.ts'
import { createFrameRenderer, type FrameRendererOptions } from './frame-renderer.ts'
import type { PictureSource } from './picture-source.ts'

/** Options of {@link createPngEncoder}. */
export type PngEncoderOptions = FrameRendererOptions

/** Options of {@link encodePng}. */
export interface PngOptions extends PngEncoderOptions {
  /** The frame to show, counted from 0. Default 0. */
  readonly frame?: number | undefined
}

/**
 * Returns the bytes of a PNG of one frame. By default it has 8 bits a sample and shows the VOI LUT or the first window
 * of the data set. Pixels are not resampled. If the data set has the size of the pixels, a pHYs chunk holds it.
 *
 * @throws {PictureError} if the source does not have the frame
 * @throws {RenderError} if pixels and attributes do not make a picture
 * @example
 * import { writeFile } from 'node:fs/promises'
 * import { encodePng } from '@ahi-dicom/renderer'
 *
 * await writeFile('slice.png', await encodePng(instance, { frame: 0, window: { center: 40, width: 400 } }))
 */
export function encodePng(source: PictureSource, options: PngOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  return createPngEncoder(source, options)(options.frame ?? 0)
}

/**
 * Returns a function like {@link encodePng} for the frames of one source, counted from 0. Reads attributes that all
 * frames share only once.
 *
 * @example
 * import { createPngEncoder } from '@ahi-dicom/renderer'
 *
 * const encode = createPngEncoder(instance, { bits: 16 })
 * for (let frame = 0; frame < instance.frameCount; frame++) await store(await encode(frame))
 */
export function createPngEncoder(
  source: PictureSource,
  options: PngEncoderOptions = {},
): (frame: number) => Promise<Uint8Array<ArrayBuffer>> {
  const render = createFrameRenderer(source, options)
  return async (frame) => {
    const { picture, density } = await render(frame)
    return encodePicture(picture, { density })
  }
}
