import { createLimiter, type Limiter } from '@ahi-dicom/ahi-client'
import type { DecoderPool } from '@ahi-dicom/htj2k-decoder'
import { describeImage, encodePicture, fittingSize, renderFrame, scalePicture, type Picture } from '@ahi-dicom/renderer'
import { openInstance, type InstanceSources, type OpenInstance } from '../lane/open-instance.ts'
import { createReceived } from '../lane/received.ts'
import { createDocumentMemory } from '../memory/document-memory.ts'
import type { MemoryShares } from '../memory/max-memory.ts'
import type { ReadParts } from '../read/read-instances.ts'
import { passOn } from '../selection/item-failure.ts'
import { walkedItem, walkSelection, type WalkedInstance } from '../selection/walk-selection.ts'
import { firstFrames, middleFrames, type ChosenFrame } from './choose-frames.ts'
import { discardableLevels, readLowResolution } from './low-resolution.ts'
import type { Thumbnail, ThumbnailOptions } from './thumbnail.ts'

/** Parts needed to make thumbnails. */
export interface ThumbnailParts extends ReadParts {
  readonly memory: MemoryShares
  readonly requests: Limiter
  /**
   * Returns a pool that decodes lower resolutions. Returns undefined if the caller's decoder is used, which decodes
   * only whole frames.
   */
  readonly pool: () => DecoderPool | undefined
}

const defaultSize = 256
const defaultConcurrency = 32

/**
 * Yields thumbnails of the selected instances, in their order.
 *
 * @throws {TypeError} at the call, if an option is invalid
 */
export function makeThumbnails(parts: ThumbnailParts, options: ThumbnailOptions): AsyncIterable<Thumbnail> {
  const { size = defaultSize, concurrency = defaultConcurrency } = options
  checkCount(size, 'size')
  checkCount(concurrency, 'concurrency')
  return inOrder(parts, { ...options, size, concurrency })
}

type Settled = ThumbnailOptions & { readonly size: number; readonly concurrency: number }

/** Makes `concurrency` thumbnails at a time, and yields them in the order of their instances. */
async function* inOrder(parts: ThumbnailParts, options: Settled): AsyncGenerator<Thumbnail, void, undefined> {
  const ended = new AbortController()
  const signals = [parts.closed, ended.signal, ...(options.signal === undefined ? [] : [options.signal])]
  const signal = AbortSignal.any(signals)
  signal.throwIfAborted()
  const sources = await parts.sources({})
  const memory = createLimiter(parts.memory.frames)
  const running: Promise<Thumbnail | undefined>[] = []

  async function make(chosen: ChosenFrame): Promise<Thumbnail | undefined> {
    try {
      return await makeThumbnail({ ...parts, sources, frames: memory, signal, size: options.size }, chosen)
    } catch (error) {
      signal.throwIfAborted()
      const { versionId: _, ...item } = chosen.walked.key
      passOn({ error, item }, options.onFailure)
      return undefined
    }
  }

  try {
    const instances = walkInstances(parts, { ...options, signal })
    const frames = options.each === 'series' ? middleFrames(instances) : firstFrames(instances)
    for await (const chosen of frames) {
      const making = make(chosen)
      // It is awaited later. If an earlier one fails first, its rejection must not be unhandled.
      making.catch(() => {})
      running.push(making)
      if (running.length < options.concurrency) continue
      const thumbnail = await running.shift()
      if (thumbnail !== undefined) yield thumbnail
    }
    for (const making of running) {
      const thumbnail = await making
      if (thumbnail !== undefined) yield thumbnail
    }
  } finally {
    ended.abort(new Error('The caller stopped reading thumbnails'))
    await Promise.allSettled(running)
  }
}

async function* walkInstances(
  { client, memory }: ThumbnailParts,
  options: ThumbnailOptions & { readonly signal: AbortSignal },
): AsyncGenerator<WalkedInstance, void, undefined> {
  const documentMemory = createDocumentMemory(memory.documents)
  for await (const walked of walkSelection(client, { ...options, documentMemory, maxMemory: memory.walk })) {
    if (walked.kind === 'failure') passOn(walked, options.onFailure)
    else if (!walked.isDuplicate) yield walked
  }
}

interface MakingParts extends Pick<ThumbnailParts, 'client' | 'requests' | 'pool'> {
  readonly sources: InstanceSources
  /** Limits the bytes of frames in memory. */
  readonly frames: Limiter
  readonly signal: AbortSignal
  readonly size: number
}

async function makeThumbnail(parts: MakingParts, chosen: ChosenFrame): Promise<Thumbnail> {
  const { walked, frame } = chosen
  let wholeBytes = 0
  const received = createReceived(({ byteLength }) => void (wholeBytes += byteLength))
  const item = { id: 0, ...walkedItem(walked) }
  const opened = openInstance(parts.sources, item, { isFallback: false, keepsFrames: 'never', received })
  try {
    const low = await lowResolution(parts, opened, chosen)
    const picture = low?.picture ?? (await wholePicture(parts, opened, frame))
    const scaled = scalePicture(picture, fittingSize(picture, parts.size))
    const { width, height } = scaled
    const isLow = low?.picture !== undefined
    return {
      ...walked.key,
      frame,
      frameCount: walked.entry.instance.ImageFrames.length,
      width,
      height,
      png: encodePicture(scaled),
      bytesFetched: (low?.bytesFetched ?? 0) + wholeBytes,
      byteLength: isLow ? low.byteLength : wholeBytes,
      discardLevels: isLow ? low.discardLevels : 0,
      isVerified: isLow ? low.isVerified : hasChecksum(chosen),
    }
  } finally {
    opened.close()
  }
}

async function lowResolution(
  { client, pool: poolOf, requests, frames, signal, size }: MakingParts,
  { instance }: OpenInstance,
  chosen: ChosenFrame,
) {
  const discardLevels = discardableLevels(instance, chosen, size)
  const pool = discardLevels === 0 ? undefined : poolOf()
  if (pool === undefined) return undefined
  const { frameByteLength } = instance.describe()
  const room = await frames.reserve(Math.ceil((2 * frameByteLength) / 4 ** discardLevels), { signal })
  const place = await requests.reserve(1, { signal })
  try {
    return await readLowResolution(instance, chosen, { client, pool, discardLevels, signal })
  } finally {
    place.release()
    room.release()
  }
}

/** Reads the whole frame, compares its checksum, and renders it. */
async function wholePicture(
  { frames, signal }: MakingParts,
  { instance }: OpenInstance,
  frame: number,
): Promise<Picture> {
  const { frameByteLength, storedFrameByteLength } = instance.describe()
  const room = await frames.reserve(frameByteLength + storedFrameByteLength, { signal })
  try {
    const pixels = await instance.frame(frame, { signal })
    return renderFrame(pixels, { ...describeImage(instance.attributes, frame), overlays: undefined })
  } finally {
    room.release()
  }
}

function hasChecksum({ walked: { entry }, frame }: ChosenFrame): boolean {
  return (entry.instance.ImageFrames[frame]?.PixelDataChecksumFromBaseToFullResolution ?? []).length > 0
}

function checkCount(value: number, option: string): void {
  if (Number.isSafeInteger(value) && value >= 1) return
  throw new TypeError(`Expected the \`${option}\` option to be a whole number of at least 1, got \`${value}\``)
}
