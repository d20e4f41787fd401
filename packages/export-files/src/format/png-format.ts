import type { DicomInstance } from '@ahi-dicom/dicomizer'
import { createPngEncoder, noSuchFrame } from '@ahi-dicom/renderer'
import type { RenderOptions } from '@ahi-dicom/renderer'
import type { FormatSettings } from '../destination/file-writer.ts'
import type { Format } from './format.ts'
import { laneOf } from './format-lane.ts'
import { selectFrames } from './frame-selection.ts'
import type { FrameSelector } from './frame-selection.ts'

/** Options of {@link pngFormat}: how frames are rendered, and which. */
export interface PngFormatOptions extends RenderOptions {
  /**
   * Zero-based frames that PNGs are made of. Default: all. An instance that has frames but lacks one of these fails with a
   * `PictureError`.
   */
  readonly frames?: readonly FrameSelector[] | undefined
}

/**
 * Makes the format of PNGs, one of each frame.
 *
 * @throws {TypeError} for `frames` that no instance can have
 */
export function pngFormat(options: PngFormatOptions = {}): Format {
  const { frames: selectors, ...rendering } = options
  const frames = selectFrames(selectors)
  return {
    name: 'png',
    mediaType: 'image/png',
    readsPixels: true,
    frames,
    settings: settingsOf(rendering),
    *files({ instance, reading, onNotice }) {
      const count = instance.pictureCount
      if (count === 0) return
      const missing = frames.firstMissing(count)
      if (missing !== undefined) throw noSuchFrame(instance, missing)
      const encode = createPngEncoder(instance, {
        ...rendering,
        signal: reading.signal,
        onNotice: (notice) => onNotice({ ...notice, isLoss: false }),
      })
      for (const frame of frames.of(count)) yield { frame, chunks: encodedOnce(() => encode(frame)) }
    },
    foresee(instance) {
      const count = instance.pictureCount
      const missing = count === 0 ? undefined : frames.firstMissing(count)
      if (missing !== undefined) throw noSuchFrame(instance, missing)
      const files = frames.count(count)
      const byteLength = files * mostPictureBytes(instance, rendering)
      return { files, byteLength, accuracy: 'at-most', frames: instance.frameCount === 0 ? [] : frames.of(count) }
    },
    get lane() {
      return laneOf('png', { png: options })
    },
  }
}

/** What a PNG may have beside its samples: its chunks, and what Deflate adds to bytes that cannot be compressed. */
const pictureOverhead = 1.02
const smallestPicture = 1024

/** Returns the bytes that a PNG of one frame does not exceed: those of its samples, without compression. */
function mostPictureBytes({ attributes }: DicomInstance, { bits = 8 }: RenderOptions): number {
  const [rows, columns] = [attributes.number('Rows') ?? 0, attributes.number('Columns') ?? 0]
  const isGrey = attributes.string('PhotometricInterpretation')?.startsWith('MONOCHROME') === true
  // A row begins with the byte of its filter.
  const samples = rows * (columns * (isGrey ? 1 : 3) + 1)
  return Math.ceil(samples * (bits / 8) * pictureOverhead) + smallestPicture
}

/** Returns the options that differ from their defaults. */
function settingsOf({ window, windowIndex, bits = 8, overlays = false }: RenderOptions): FormatSettings {
  return {
    ...(window !== undefined && { window: { center: window.center, width: window.width } }),
    ...(windowIndex !== undefined && { windowIndex }),
    ...(bits !== 8 && { bits }),
    ...(overlays && { overlays }),
  }
}

/** Encodes a picture when its file is written. */
async function* encodedOnce(encode: () => Promise<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield await encode()
}
