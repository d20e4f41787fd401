import { createIdleBuffers } from './idle-buffers.ts'

/** Options of {@link createFrameMemory}. */
export interface FrameMemoryOptions {
  /** Most bytes to keep that nothing uses. Default 16 MiB. */
  readonly maxIdleByteLength?: number | undefined
}

/** Memory of frames, encoded or decoded, that is used again and again instead of allocated and collected. */
export interface FrameMemory {
  /** Returns an array of just this length. It may hold the bytes of an earlier one; its buffer may be larger. */
  take(byteLength: number): Uint8Array<ArrayBuffer>
  /**
   * Takes back the memory of an array that was taken here, or of a part of it. All arrays on it are empty afterwards, so
   * that nothing can read or write what the next one holds. Arrays that were taken elsewhere are left alone.
   */
  give(bytes: Uint8Array<ArrayBuffer>): void
}

const defaultMaxIdleByteLength = 16 * 1024 * 1024
const leastStep = 4096

/** Makes memory that keeps what it is given back for the next array of about the same length. */
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
