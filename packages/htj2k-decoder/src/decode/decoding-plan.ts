import { CodeStreamError } from '../errors.ts'
import type { CodecTask } from '../codecs/codec.ts'
import type { DecodedFrame } from './decoded-frame.ts'
import type { CodecName } from '../codecs/usable-codec.ts'

/** How to decode a checked code stream: the codec, its task, and the order of its samples. */
export interface DecodingPlan {
  readonly frame: Omit<DecodedFrame, 'pixels' | 'checksum'>
  readonly codec: CodecName
  readonly task: CodecTask
  /** Bytes of a sample in the codec's output. */
  readonly bytesPerSample: 1 | 2
  /**
   * Writes the pixels from samples that the codec returns in a wrong order or width. Absent if the samples are right.
   */
  readonly rearrange?: ((samples: Uint8Array, pixels: Uint8Array) => void) | undefined
}

/** Returns the length of the codec's output in bytes. */
export function samplesByteLength({ frame, bytesPerSample }: Pick<DecodingPlan, 'frame' | 'bytesPerSample'>): number {
  return frame.width * frame.height * frame.components * bytesPerSample
}

/**
 * Checks that the samples take at most `maxFrameByteLength` bytes.
 *
 * @throws {CodeStreamError} if they take more
 */
export function requireFrameSize({ byteLength }: Uint8Array, plan: DecodingPlan, maxFrameByteLength: number): void {
  const frameByteLength = samplesByteLength(plan)
  if (frameByteLength <= maxFrameByteLength) return
  const why = `its samples take ${frameByteLength} bytes; raise \`maxFrameByteLength\` if you expect such frames`
  throw new CodeStreamError('CODE_STREAM_UNSUPPORTED', { byteLength, why })
}
