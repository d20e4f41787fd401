import type { InstanceFrames } from '../frames/instance-frames.ts'
import type { LoadedFrame } from '../frames/judge-frame.ts'
import { loadFrame, type LoadOptions } from '../frames/load-frame.ts'
import { loadInOrder } from '../frames/look-ahead.ts'
import type { FrameWriter } from './frame-writer.ts'

/** How many frames of an instance were compared with a checksum while it was written. */
export interface FrameChecks {
  readonly verified: number
  /** Frames for which the document has no checksum, or whose verification was switched off. */
  readonly unverified: number
}

/** How the first frame of a file is loaded, and what it leads to. */
export interface FirstFrameOptions extends LoadOptions {
  /** Decides by the first frame how the others are checked and the file is written. */
  readonly start: (first: LoadedFrame) => { readonly writer: FrameWriter; readonly accept: LoadOptions['accept'] }
}

/** What a stream of a Part 10 file with frames is made from. */
export interface PixelStreamOptions {
  readonly instance: InstanceFrames
  readonly first: FirstFrameOptions
  /** Called for every frame. */
  readonly onFrame: (isVerified: boolean) => void
  /** Frames in flight. */
  readonly concurrency: number
  readonly signal: AbortSignal | undefined
}

/**
 * Streams a file with the frames of an instance, decoded or encapsulated. A frame's bytes are yielded once it is checked.
 * The first frame decides what the attributes say and how the file is written; the others are requested after it.
 */
export async function* streamFrames(options: PixelStreamOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const { instance, first: firstOptions, onFrame, concurrency, signal } = options
  signal?.throwIfAborted()
  const first = await loadFrame(instance, 0, firstOptions)
  signal?.throwIfAborted()
  const { writer, accept } = firstOptions.start(first)
  onFrame(first.isVerified)
  // Loops and not yield*, which wraps every chunk once more in an async generator.
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
