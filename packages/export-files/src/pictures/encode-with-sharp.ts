import type { Picture } from '@ahi-dicom/renderer'
import type { Sharp } from 'sharp'
import { PictureEncodingError } from '../errors.ts'
import type { SharpFunction } from './load-sharp.ts'

/** Formats that `sharp` encodes. */
export type SharpFormatName = 'jpg' | 'webp' | 'gif'

/** Quality of JPEG and WebP if the caller does not say one. */
export const defaultQuality = 90

/** Options of {@link encodeWithSharp}. */
export interface EncodeOptions {
  /** Longest edge in pixels. Smaller pictures keep their size. */
  readonly size?: number | undefined
  /** 1 to 100; GIF has none. Default {@link defaultQuality}. */
  readonly quality?: number | undefined
}

/** Longest edge that a format can have; of JPEG that of libjpeg, which the standard would let be 65,535. */
const longestEdges: Readonly<Record<SharpFormatName, number>> = { jpg: 65_500, webp: 16_383, gif: 65_535 }

/**
 * Encodes a picture of 8 bits, as sRGB or as grey, without metadata. The same picture makes the same bytes with the same
 * version of `sharp`.
 *
 * @throws {PictureEncodingError}
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
      `Cannot encode a picture of ${picture.width} x ${picture.height} pixels as ${format}: at most ${longestEdges[format]} pixels are possible; choose a smaller size, or PNG`,
    )
  }
  const scaled = pipelineOf(sharp, picture, size).toColourspace(picture.channels === 1 ? 'b-w' : 'srgb')
  return await encodingErrors(format, () => encoders[format](scaled, picture, quality).toBuffer())
}

const encoders: Readonly<Record<SharpFormatName, (pipeline: Sharp, picture: Picture, quality: number) => Sharp>> = {
  // Colours at full resolution: thin coloured lines of ultrasound and of overlays stay.
  jpg: (pipeline, _, quality) => pipeline.jpeg({ quality, chromaSubsampling: '4:4:4' }),
  webp: (pipeline, _, quality) => pipeline.webp({ quality }),
  // 256 colours hold nearly all greys, which need no dithering.
  gif: (pipeline, { channels }) => pipeline.gif({ colours: 256, dither: channels === 1 ? 0 : 1 }),
}

/**
 * Returns a picture whose longest edge has at most `size` pixels; the picture itself if it is not larger. 16 bits a sample
 * stay 16.
 *
 * @throws {PictureEncodingError}
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
      `Cannot encode a picture as ${format}: sharp refuses it; choose another size or format`,
      { cause },
    )
  }
}
