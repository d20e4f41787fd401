import type { DicomInstance, InstanceNotice } from '@ahi-dicom/dicomizer'
import { createFrameRenderer } from '@ahi-dicom/renderer'
import type { Window } from '@ahi-dicom/renderer'
import type { AnimationFrame } from '../pictures/animation.ts'
import { assumedFrameTime, readSeriesTimes } from '../pictures/frame-times.ts'
import { readAhead } from '../reading/read-ahead.ts'
import { laneOf } from './format-lane.ts'
import { selectFrames } from './frame-selection.ts'
import { checkSize, hasFrames, mostPictureBytes, pictureSettings } from './picture-format.ts'
import type { AnimationFormatParts } from './picture-format.ts'
import { seriesFrames } from './series-frames.ts'
import type { SeriesFrame } from './series-frames.ts'
import type { SeriesFormat, SeriesFormatItem } from './series-format.ts'
import { lacksWindow, sharedWindow } from './series-window.ts'

/**
 * Creates a format that animates the single-frame instances of a series in scrolling order. Frames of different sizes
 * go into separate animations.
 *
 * @throws {TypeError} if `frames` or `size` is not valid
 */
export function seriesAnimation(parts: AnimationFormatParts): SeriesFormat {
  const { name, mediaType, options, mostPerByte } = parts
  const selection = selectFrames(options.frames)
  checkSize(options.size)
  const animationsOf = (instances: readonly DicomInstance[]): readonly Animation[] =>
    animations(instances.filter((instance) => instance.pictureCount === 1 && hasFrames(instance, selection)))
  return {
    scope: 'series',
    name,
    settings: pictureSettings(parts, selection),
    *files(item) {
      for (const { frames, suffix } of animationsOf(item.instances)) {
        const chunks = parts.animate(animationFrames(frames, parts, item))
        yield { suffix: `${suffix}.${name}`, mediaType, chunks, frames: frames.length }
      }
    },
    foresee(instances) {
      const { frames: _, ...measured } = options
      const made = animationsOf(instances)
      const frames = made.flatMap((animation) => animation.frames)
      const lengths = frames.map(({ instance }) =>
        mostPictureBytes(instance, { ...measured, size: options.size, mostPerByte }),
      )
      const byteLength = lengths.reduce((sum, length) => sum + length, 0)
      return { files: made.length, byteLength, accuracy: 'at-most', frames: frames.length }
    },
    get lane() {
      return laneOf(name, { [name]: options }, 'series')
    },
  }
}

/** An animation of frames of one size. */
interface Animation {
  readonly frames: readonly SeriesFrame[]
  /** Empty for the most common size, else `_COLUMNSxROWS`. */
  readonly suffix: string
}

function animations(instances: readonly DicomInstance[]): readonly Animation[] {
  const bySize = [...Map.groupBy(seriesFrames(instances), sizeOf)]
  const most = Math.max(0, ...bySize.map(([, frames]) => frames.length))
  const usual = bySize.findIndex(([, frames]) => frames.length === most)
  return bySize.map(([size, frames], index) => ({ frames, suffix: index === usual ? '' : `_${size}` }))
}

function sizeOf({ instance: { attributes } }: SeriesFrame): string {
  return `${attributes.number('Columns') ?? 0}x${attributes.number('Rows') ?? 0}`
}

async function* animationFrames(
  frames: readonly SeriesFrame[],
  { options, encode }: AnimationFormatParts,
  { reading, onNotice }: SeriesFormatItem,
): AsyncGenerator<AnimationFrame> {
  const { frames: _, size: __, ...rendering } = options
  const { signal, frameConcurrency = 4 } = reading
  const hasWindow = rendering.window !== undefined || rendering.windowIndex !== undefined
  const shared = hasWindow || frames.length === 1 ? undefined : await sharedWindow(frames, reading)
  if (shared !== undefined) onNotice(windowAssumed(shared.sampled))
  const times = readSeriesTimes(frames.map(({ instance: { attributes }, slice }) => ({ attributes, slice })))
  if (times.isAssumed && frames.length > 1) onNotice(timesAssumed)

  async function load(frame: SeriesFrame): Promise<Uint8Array> {
    const render = createFrameRenderer(frame.instance, {
      ...rendering,
      ...windowOf(frame, shared?.window),
      signal,
      onNotice: (notice) => onNotice({ ...notice, isLoss: false }),
    })
    return await encode(await render(frame.frame))
  }

  let index = 0
  for await (const file of readAhead(frames, frameConcurrency - 1, load)) yield { file, time: times.of(index++) }
}

function windowOf(frame: SeriesFrame, window: Window | undefined): { readonly window?: Window } {
  return window !== undefined && lacksWindow(frame) ? { window } : {}
}

const timesAssumed: InstanceNotice = {
  code: 'FRAME_TIME_ASSUMED',
  tag: '00181063',
  message: `FrameTime is missing, and no other attribute gives a rate; each image of the animation is shown for ${assumedFrameTime} ms`,
  isLoss: false,
}

function windowAssumed(sampled: number): InstanceNotice {
  return {
    code: 'WINDOW_ASSUMED',
    tag: '00281050',
    message: `WindowCenter is missing; the images of the animation share one window, from the smallest to the largest value of ${sampled} of them; set a window to use another`,
    isLoss: false,
  }
}
