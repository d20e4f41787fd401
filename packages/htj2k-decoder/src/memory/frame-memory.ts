import { createIdleBuffers } from './idle-buffers.ts'

/** Options of {@link createFrameMemory}. */
export interface FrameMemoryOptions {
  /** Most bytes of unused buffers to keep. Default 16 MiB. */
  readonly maxIdleByteLength?: number | undefined
}

/** Memory for encoded or decoded frames that is reused instead of allocated and collected. */
export interface FrameMemory {
  /** Returns an array of exactly this length. It may hold old bytes, and its buffer may be larger. */
  take(byteLength: number): Uint8Array<ArrayBuffer>
  /**
   * Takes back the buffer of an array from `take`, or of a part of it. All arrays on this buffer are empty afterwards,
   * so that nothing can access the bytes of the next array. Arrays from elsewhere are ignored.
   */
  give(bytes: Uint8Array<ArrayBuffer>): void
}

const defaultMaxIdleByteLength = 16 * 1024 * 1024
const leastStep = 4096

/**
 * Creates memory that reuses returned buffers for arrays of about the same length.
 *
 * @example
 * import { createFrameMemory, decodeFrame } from '@ahi-dicom/htj2k-decoder'
 *
 * const memory = createFrameMemory()
 * const { pixels } = await decodeFrame(codeStream, { memory })
 * await store(pixels)
 * memory.give(pixels) // the next frame of this size is decoded into it
 */
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

/** Rounds up, by at most half or to 4 KiB, so that arrays of different lengths can share buffers. */
function bufferLength(byteLength: number): number {
  const step = Math.max(leastStep, 2 ** (Math.floor(Math.log2(byteLength)) - 1))
  return Math.ceil(byteLength / step) * step
}
