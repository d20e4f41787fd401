import type { LoadedFrame } from '../frames/judge-frame.ts'

/** Makes the chunks of a file of the frames of an instance, which come in their order. */
export interface FrameWriter {
  /** Gives the chunks that a further frame completes. Releases the frame once its chunks were consumed. */
  add(frame: LoadedFrame): Iterable<Uint8Array>
  /** Gives the rest of the file. */
  end(): Iterable<Uint8Array>
}
