import { createIdleBuffers } from './idle-buffers.ts'

/** Options of {@link createFrameMemory}. */
export interface FrameMemoryOptions {
  /** Most bytes of unused buffers to keep. Default 16 MiB. */
  readonly maxIdleByteLength?: number | undefined
}

/** Memory of frames, encoded or decoded, that is used again and again instead of allocated and collected. */
export interface FrameMemory {
  /** Returns an array of exactly this length. It may hold bytes of an earlier array, and its buffer may be larger. */
  take(byteLength: number): Uint8Array<ArrayBuffer>
  /**
   * Takes back the buffer of an array that `take` returned, or of a part of it. All arrays on this buffer are empty
   * afterwards, so that nothing can read or write the bytes of the next array. Other arrays are left alone.
   */
  give(bytes: Uint8Array<ArrayBuffer>): void
}

const defaultMaxIdleByteLength = 16 * 1024 * 1024
const leastStep = 4096

/** Makes memory that reuses given-back buffers for arrays of about the same length. */
export function createFrameMemory(options: FrameMemoryOptions = {}): FrameMemory {
  const { maxIdleByteLength = defaultMaxIdleByteLength } = options
  if (!(maxIdleByteLength >= 0)) {
    throw new TypeError(
      `Expected the \`maxIdleByteLength\` option to be a number of bytes, got \`${maxIdleByteLength}\``,
    )
  }
  const idle = createIdleBuffers(maxIdleByteLength)
  const taken = new WeakSet<ArrayBuffer>()
  return {
    take(byteLength) {
      const length = bufferLength(byteLength)
      const buffer = idle.take(length) ?? idle.take(bufferLength(length + 1)) ?? new ArrayBuffer(length)
      taken.add(buffer)
      return new Uint8Array(buffer, 0, byteLength)
    },
    give({ buffer }) {
      if (taken.delete(buffer)) idle.give(buffer)
    },
  }
}

/** Rounds up by a half at most, or to 4 KiB, so that arrays of differing lengths can use the same buffers. */
function bufferLength(byteLength: number): number {
  const step = Math.max(leastStep, 2 ** (Math.floor(Math.log2(byteLength)) - 1))
  return Math.ceil(byteLength / step) * step
}
