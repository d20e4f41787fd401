import type { LoadedFrame } from '../frames/judge-frame.ts'

/** Makes the chunks of a file from the frames of an instance, which are added in order. */
export interface FrameWriter {
  /** Returns the chunks that this frame completes. Releases the frame after its chunks were consumed. */
  add(frame: LoadedFrame): Iterable<Uint8Array>
  /** Returns the rest of the file. */
  end(): Iterable<Uint8Array>
}
