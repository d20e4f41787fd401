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
    get lane() {
      return laneOf('png', { png: options })
    },
  }
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
