import type { LoadedFrame } from '../frames/instance-frames.ts'

/** Makes the chunks of a file of the frames of an instance, which come in their order. */
export interface FrameWriter {
  /** The chunks that a further frame completes. */
  add(frame: LoadedFrame): Iterable<Uint8Array>
  /** The rest of the file. */
  end(): Iterable<Uint8Array>
}
