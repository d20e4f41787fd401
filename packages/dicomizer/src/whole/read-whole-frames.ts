import { FrameMismatchError, InstanceFileError } from '../errors.ts'
import { pixelFormat } from '../pixels/pixel-module.ts'
import { createFrameGatherer, type GatheredFrame } from './frame-gatherer.ts'
import { chunksOf } from './instance-file.ts'
import type { InstanceFile } from './instance-source.ts'
import { createWholeFile, type PixelDataStart, type WholeFileOptions } from './whole-file.ts'
import type { WholeFrame } from './whole-frame-pixels.ts'

/** A frame with its position in the file. */
export interface WholeFrameInRow extends WholeFrame {
  readonly index: number
  readonly isLast: boolean
}

/**
 * Yields the frames of a file in order, from index `from` on, while the file is read.
 *
 * @throws {InstanceFileError} if the file is broken
 * @throws {FrameMismatchError} if the attributes do not describe the Pixel Data
 */
export async function* readWholeFrames(
  file: InstanceFile,
  from: number,
  options: Omit<WholeFileOptions, 'onPixelData'> & { readonly signal: AbortSignal },
): AsyncGenerator<WholeFrameInRow, void, undefined> {
  const { identity, isOneObject, signal } = options
  const gathered: GatheredFrame[] = []
  const starts: PixelDataStart[] = []
  const onPixelData = (start: PixelDataStart): ReturnType<WholeFileOptions['onPixelData']> => {
    starts.push(start)
    return createFrameGatherer(from, (frame) => gathered.push(frame))
  }
  const whole = createWholeFile({ identity, isOneObject, onPixelData })

  function* found(): Generator<WholeFrameInRow> {
    const [start] = starts
    if (start?.layout === undefined) return
    const pixelData = { ...start, layout: start.layout }
    for (const { index, bytes } of gathered.splice(0)) {
      if (bytes === undefined) throw new InstanceFileError(identity, `frame ${index + 1} is too large to decode`)
      yield { index, bytes, pixelData, isLast: index + 1 === start.layout.frames }
    }
  }

  for await (const chunk of chunksOf(file, identity, signal)) {
    await whole.feed(chunk)
    yield* found()
  }
  await whole.end()
  yield* found()
  const [start] = starts
  if (start === undefined || start.layout !== undefined) return
  // Throws if the attributes describe no pixels.
  pixelFormat(start.file.dataSet(), identity)
  throw new FrameMismatchError(identity, 'the length of its Pixel Data contradicts its attributes')
}
