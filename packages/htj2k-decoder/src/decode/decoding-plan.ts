import { CodeStreamError } from '../errors.ts'
import type { CodecTask } from '../codecs/codec.ts'
import type { DecodedFrame } from './decoded-frame.ts'
import type { CodecName } from '../codecs/usable-codec.ts'

/** What to ask of which codec for a code stream whose header was checked, and what to make of its samples. */
export interface DecodingPlan {
  readonly frame: Omit<DecodedFrame, 'pixels' | 'checksum'>
  readonly codec: CodecName
  readonly task: CodecTask
  /** Bytes of a sample as the codec gives it. */
  readonly bytesPerSample: 1 | 2
  /** Writes the pixels, with what the codec leaves wrong put right. Absent where the samples are the pixels. */
  readonly rearrange?: ((samples: Uint8Array, pixels: Uint8Array) => void) | undefined
}

/** Length of the samples as the codec gives them. */
export function samplesByteLength({ frame, bytesPerSample }: Pick<DecodingPlan, 'frame' | 'bytesPerSample'>): number {
  return frame.width * frame.height * frame.components * bytesPerSample
}

/** Refuses samples that take more bytes than `maxFrameByteLength`. */
export function requireFrameSize({ byteLength }: Uint8Array, plan: DecodingPlan, maxFrameByteLength: number): void {
  const frameByteLength = samplesByteLength(plan)
  if (frameByteLength <= maxFrameByteLength) return
  const why = `its samples take ${frameByteLength} bytes; raise \`maxFrameByteLength\` where frames are that large`
  throw new CodeStreamError('CODE_STREAM_UNSUPPORTED', { byteLength, why })
}
