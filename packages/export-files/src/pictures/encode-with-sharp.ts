import type { Picture } from '@ahi-dicom/renderer'
import type { Sharp } from 'sharp'
import { PictureEncodingError } from '../errors.ts'
import type { SharpFunction } from './load-sharp.ts'

/** Formats that `sharp` encodes. */
export type SharpFormatName = 'jpg' | 'webp' | 'gif'

/** Default quality of JPEG and WebP. */
export const defaultQuality = 90

/** Options of {@link encodeWithSharp}. */
export interface EncodeOptions {
  /** Longest edge in pixels. Smaller pictures keep their size. */
  readonly size?: number | undefined
  /** Quality, 1 to 100. Ignored for GIF. Default {@link defaultQuality}. */
  readonly quality?: number | undefined
}

/** Longest edge of each format in pixels. The limit for JPEG is libjpeg's; the standard allows 65,535. */
const longestEdges: Readonly<Record<SharpFormatName, number>> = { jpg: 65_500, webp: 16_383, gif: 65_535 }

/**
 * Encodes an 8-bit picture as sRGB or grey, without metadata. With the same version of `sharp`, the same picture gives
 * the same bytes.
 *
 * @throws {PictureEncodingError} if the picture is too large for the format, or if `sharp` fails
 */
export async function encodeWithSharp(
  sharp: SharpFunction,
  picture: Picture,
  { format, size, quality = defaultQuality }: EncodeOptions & { readonly format: SharpFormatName },
): Promise<Uint8Array> {
  const edge = Math.min(Math.max(picture.width, picture.height), size ?? Infinity)
  if (edge > longestEdges[format]) {
    throw new PictureEncodingError(
      'PICTURE_TOO_LARGE',
      `Cannot encode a picture of ${picture.width} x ${picture.height} pixels as ${format}: the longest edge may have ${longestEdges[format]} pixels; choose a smaller size, or PNG`,
    )
  }
  const scaled = pipelineOf(sharp, picture, size).toColourspace(picture.channels === 1 ? 'b-w' : 'srgb')
  return await encodingErrors(format, () => encoders[format](scaled, picture, quality).toBuffer())
}

const encoders: Readonly<Record<SharpFormatName, (pipeline: Sharp, picture: Picture, quality: number) => Sharp>> = {
  // Colours at full resolution keep the thin coloured lines of ultrasound and overlays.
  jpg: (pipeline, _, quality) => pipeline.jpeg({ quality, chromaSubsampling: '4:4:4' }),
  webp: (pipeline, _, quality) => pipeline.webp({ quality }),
  // Greys need no dithering, because 256 colours hold nearly all of them.
  gif: (pipeline, { channels }) => pipeline.gif({ colours: 256, dither: channels === 1 ? 0 : 1 }),
}

/**
 * Scales a picture down, so that its longest edge has at most `size` pixels. Returns the picture itself if it is not
 * larger. Keeps the bit depth.
 *
 * @throws {PictureEncodingError} if `sharp` fails
 */
export async function resizePicture(sharp: SharpFunction, picture: Picture, size: number): Promise<Picture> {
  if (Math.max(picture.width, picture.height) <= size) return picture
  const { bits, channels } = picture
  const is16Bit = bits === 16
  const space = channels === 1 ? (is16Bit ? 'grey16' : 'b-w') : is16Bit ? 'rgb16' : 'srgb'
  const { data, info } = await encodingErrors('png', () =>
    pipelineOf(sharp, picture, size)
      .toColourspace(space)
      .raw({ depth: is16Bit ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true }),
  )
  const samples = is16Bit ? new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2) : data
  return { width: info.width, height: info.height, channels, bits, data: samples }
}

function pipelineOf(sharp: SharpFunction, { width, height, channels, data }: Picture, size?: number): Sharp {
  const pipeline = sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
  if (size === undefined) return pipeline
  return pipeline.resize({ width: size, height: size, fit: 'inside', withoutEnlargement: true })
}

async function encodingErrors<T>(format: string, encode: () => Promise<T>): Promise<T> {
  try {
    return await encode()
  } catch (cause) {
    throw new PictureEncodingError(
      'PICTURE_ENCODING_FAILED',
      `Cannot encode a picture as ${format}: the package sharp failed; choose another size or format`,
      { cause },
    )
  }
}
