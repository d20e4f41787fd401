import type { DicomInstance, InstanceNotice } from '@ahi-dicom/dicomizer'
import { createFrameRenderer, noSuchFrame } from '@ahi-dicom/renderer'
import type { RenderedFrame, RenderOptions } from '@ahi-dicom/renderer'
import type { FormatSettings } from '../destination/file-writer.ts'
import type { AnimationFrame } from '../pictures/animation.ts'
import { assumedFrameTime, readFrameTimes } from '../pictures/frame-times.ts'
import { laneOf } from './format-lane.ts'
import { selectFrames } from './frame-selection.ts'
import type { FrameSelection, FrameSelector } from './frame-selection.ts'
import type { Format, FormatFile, FormatItem } from './format.ts'

/** Options of all picture formats. */
export interface PictureFormatOptions extends Omit<RenderOptions, 'bits'> {
  /**
   * Zero-based frames to make pictures of. Default: all. An instance that has frames but lacks one of these fails with
   * a `PictureError`.
   */
  readonly frames?: readonly FrameSelector[] | undefined
  /** Longest edge in pixels. Larger pictures are scaled down, with their proportions. Default: no scaling. */
  readonly size?: number | undefined
}

/** Parts of a picture format, for {@link pictureFormat}. */
export interface PictureFormatParts {
  readonly name: 'png' | 'jpg' | 'webp' | 'gif'
  readonly mediaType: string
  /** The options as the caller gave them. */
  readonly options: PictureFormatOptions & Pick<RenderOptions, 'bits'>
  /** Settings in addition to {@link PictureFormatOptions}. */
  readonly settings?: FormatSettings | undefined
  readonly encode: (frame: RenderedFrame) => Uint8Array | Promise<Uint8Array>
  /** Joins the encoded frames of an instance into one file. If absent, each frame becomes a file. */
  readonly animate?: ((frames: AsyncIterable<AnimationFrame>) => AsyncIterable<Uint8Array>) | undefined
  /** Largest file size per byte of samples. */
  readonly mostPerByte: number
  /** Smallest number of frames of an instance that is animated. Default 1. */
  readonly leastFrames?: number | undefined
}

/** Parts of a format that makes one file of many frames. */
export interface AnimationFormatParts extends PictureFormatParts {
  readonly animate: NonNullable<PictureFormatParts['animate']>
}

/**
 * Creates a picture format: one picture of each frame, or one animation of all frames.
 *
 * @throws {TypeError} if `frames` or `size` is not valid
 */
export function pictureFormat(parts: PictureFormatParts): Format {
  const { name, mediaType, options, animate, leastFrames = 1 } = parts
  const { frames: selectors, size, ...rendering } = options
  const selection = selectFrames(selectors)
  const isShown = (instance: DicomInstance): boolean =>
    (animate === undefined || instance.pictureCount >= leastFrames) && hasFrames(instance, selection)
  checkSize(size)
  return {
    name,
    mediaType,
    readsPixels: true,
    ...(animate === undefined ? { frames: selection } : { leastFrames }),
    settings: pictureSettings(parts, selection),
    *files({ instance, reading, onNotice }) {
      if (!isShown(instance)) return
      const render = createFrameRenderer(instance, {
        ...rendering,
        signal: reading.signal,
        onNotice: (notice) => onNotice({ ...notice, isLoss: false }),
      })
      const encode = async (frame: number): Promise<Uint8Array> => parts.encode(await render(frame))
      const frames = selection.of(instance.pictureCount)
      if (animate !== undefined) yield { chunks: animate(animationFrames(frames, { instance, encode, onNotice })) }
      else yield* filesOfFrames(frames, encode)
    },
    foresee(instance) {
      const has = isShown(instance)
      const count = has ? selection.count(instance.pictureCount) : 0
      const byteLength = count * mostPictureBytes(instance, { ...rendering, size, mostPerByte: parts.mostPerByte })
      const frames = has && instance.frameCount > 0 ? selection.of(instance.pictureCount) : []
      return { files: animate === undefined ? count : Math.min(count, 1), byteLength, accuracy: 'at-most', frames }
    },
    get lane() {
      return laneOf(name, { [name]: options })
    },
  }
}

/** Checks the option `size`, if it is set. */
export function checkSize(size: number | undefined): void {
  requireWhole('size', size, { from: 1, to: longestEdge })
}

/** Returns the settings for the manifest. An animation's settings include its frames. */
export function pictureSettings(
  { options, settings, animate }: PictureFormatParts,
  { text }: FrameSelection,
): FormatSettings {
  return {
    ...settingsOf(options),
    ...settings,
    ...(animate !== undefined && options.frames !== undefined && { frames: text }),
  }
}

/** Checks that an option is a whole number in a range, if it is set. */
export function requireWhole(
  name: string,
  value: number | undefined,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  if (value === undefined || (Number.isInteger(value) && value >= from && value <= to)) return
  throw new TypeError(`Expected the \`${name}\` option to be a whole number from ${from} to ${to}, got \`${value}\``)
}

/** Longest edge of a picture in DICOM, and in all picture formats except PNG. */
const longestEdge = 65_535

function* filesOfFrames(
  frames: Iterable<number>,
  encode: (frame: number) => Promise<Uint8Array>,
): Generator<FormatFile, void, undefined> {
  for (const frame of frames) yield { frame, chunks: encodedOnce(() => encode(frame)) }
}

/** Yields an encoded picture. It is encoded when the file is written. */
async function* encodedOnce(encode: () => Promise<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield await encode()
}

interface AnimationParts extends Pick<FormatItem, 'instance' | 'onNotice'> {
  readonly encode: (frame: number) => Promise<Uint8Array>
}

async function* animationFrames(
  frames: Iterable<number>,
  { instance, encode, onNotice }: AnimationParts,
): AsyncGenerator<AnimationFrame> {
  const times = readFrameTimes(instance.attributes, instance.pictureCount)
  if (times.isAssumed && instance.pictureCount > 1) onNotice(timesAssumed)
  for (const frame of frames) yield { file: await encode(frame), time: times.of(frame) }
}

const timesAssumed: InstanceNotice = {
  code: 'FRAME_TIME_ASSUMED',
  tag: '00181063',
  message: `FrameTime is missing, and no other attribute gives a rate; each frame of the animation is shown for ${assumedFrameTime} ms`,
  isLoss: false,
}

/**
 * Returns true if an instance has frames.
 *
 * @throws {PictureError} if it has frames but lacks a selected one
 */
export function hasFrames(instance: DicomInstance, selection: FrameSelection): boolean {
  const count = instance.pictureCount
  const missing = count === 0 ? undefined : selection.firstMissing(count)
  if (missing !== undefined) throw noSuchFrame(instance, missing)
  return count > 0
}

/** Size of headers and colour tables of a picture file, at most, in bytes. */
const smallestPicture = 1024

interface PictureMeasure extends Pick<RenderOptions, 'bits'> {
  readonly size: number | undefined
  readonly mostPerByte: number
}

/** Returns the largest possible size of a picture of one frame in bytes. */
export function mostPictureBytes(
  { attributes }: DicomInstance,
  { bits = 8, size, mostPerByte }: PictureMeasure,
): number {
  const [height, width] = [attributes.number('Rows') ?? 0, attributes.number('Columns') ?? 0]
  const scale = size === undefined ? 1 : Math.min(1, size / Math.max(height, width, 1))
  const isGrey = attributes.string('PhotometricInterpretation')?.startsWith('MONOCHROME') === true
  // Each row of a PNG has one more byte for its filter.
  const samples = Math.ceil(height * scale) * (Math.ceil(width * scale) * (isGrey ? 1 : 3) + 1)
  return Math.ceil(samples * (bits / 8) * mostPerByte) + smallestPicture
}

/** Returns the options that differ from their defaults. */
function settingsOf({
  window,
  windowIndex,
  bits = 8,
  overlays = false,
  size,
}: PictureFormatParts['options']): FormatSettings {
  return {
    ...(window !== undefined && { window: { center: window.center, width: window.width } }),
    ...(windowIndex !== undefined && { windowIndex }),
    ...(bits !== 8 && { bits }),
    ...(overlays && { overlays }),
    ...(size !== undefined && { size }),
  }
}
