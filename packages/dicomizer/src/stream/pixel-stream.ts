import type { InstanceFrames } from '../frames/instance-frames.ts'
import type { LoadedFrame } from '../frames/judge-frame.ts'
import { loadFrame, type LoadOptions } from '../frames/load-frame.ts'
import { loadInOrder } from '../frames/look-ahead.ts'
import type { FrameWriter } from './frame-writer.ts'

/** The numbers of frames that were compared with a checksum, and that were not, while an instance was written. */
export interface FrameChecks {
  readonly verified: number
  /** Frames without a checksum in the document, or written with verification off. */
  readonly unverified: number
}

/** Options for the first frame of a file. */
export interface FirstFrameOptions extends LoadOptions {
  /** Returns the file's writer and the check for the other frames, both decided by the first frame. */
  readonly start: (first: LoadedFrame) => { readonly writer: FrameWriter; readonly accept: LoadOptions['accept'] }
}

/** Options of {@link streamFrames}. */
export interface PixelStreamOptions {
  readonly instance: InstanceFrames
  readonly first: FirstFrameOptions
  /** Called for every frame. */
  readonly onFrame: (isVerified: boolean) => void
  /** Number of frames in flight. */
  readonly concurrency: number
  readonly signal: AbortSignal | undefined
}

/**
 * Streams a file with the frames of an instance, decoded or encapsulated. Yields a frame's bytes after its check. The
 * first frame decides the attributes and the form of the file. The others are requested after it.
 */
export async function* streamFrames(options: PixelStreamOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const { instance, first: firstOptions, onFrame, concurrency, signal } = options
  signal?.throwIfAborted()
  const first = await loadFrame(instance, 0, firstOptions)
  signal?.throwIfAborted()
  const { writer, accept } = firstOptions.start(first)
  onFrame(first.isVerified)
  // `yield*` would wrap every chunk in another async generator.
  for (const chunk of writer.add(first)) yield chunk
  const load = (index: number, inner: AbortSignal): Promise<LoadedFrame> =>
    loadFrame(instance, index, { ...firstOptions, form: first.form, keepsUndecodable: false, accept, signal: inner })
  const count = instance.frames.length
  for await (const frame of loadInOrder(load, { first: 1, count, limit: concurrency, signal })) {
    onFrame(frame.isVerified)
    for (const chunk of writer.add(frame)) yield chunk
  }
  for (const chunk of writer.end()) yield chunk
}
