import { crc32 } from 'node:zlib'
import { requireFrameSize, samplesByteLength } from './decoding-plan.ts'
import { CodeStreamError } from '../errors.ts'
import { planJpeg2000 } from './jpeg2000-plan.ts'
import { isJpeg } from '../headers/jpeg-segments.ts'
import { planJpeg } from './jpeg-plan.ts'
import { usableCodec } from '../codecs/usable-codec.ts'
import type { DecodedFrame } from './decoded-frame.ts'
import type { DecodingPlan } from './decoding-plan.ts'

/** Options of {@link decodeFrame}. */
export interface DecodeOptions {
  /**
   * Number of resolutions to leave out: each halves the sides, rounded up, and is several times faster. Default 0, the
   * full resolution; more than the code stream has gives its lowest one. JPEG has the full one alone.
   */
  readonly discardLevels?: number | undefined
  /** Most bytes that the samples may take. Default 512 MiB: a damaged or hostile header can claim any size. */
  readonly maxFrameByteLength?: number | undefined
}

const defaultMaxFrameByteLength = 512 * 1024 * 1024

/**
 * Decodes a code stream in this thread, which is busy meanwhile: HTJ2K or JPEG 2000 Part 1, raw or boxed (.jph, .jp2), or
 * JPEG of 8 bits, whichever the bytes are. They are only read. The components of JPEG 2000 come with their colour
 * transform undone, those of JPEG as they are coded (YCbCr stays YCbCr), brought to full resolution.
 * @throws {CodeStreamError} for what is damaged, cut short, or not decoded by this package
 */
export async function decodeFrame(codeStream: Uint8Array, options: DecodeOptions = {}): Promise<DecodedFrame> {
  return decodeInto(undefined, codeStream, options)
}

/** {@link decodeFrame} that puts the pixels into `target` where it has just their size. */
export async function decodeInto(
  target: ArrayBuffer | undefined,
  codeStream: Uint8Array,
  options: DecodeOptions,
): Promise<DecodedFrame> {
  requireOptions(options)
  const { byteLength } = codeStream
  const plan = planDecoding(codeStream, options)
  const codec = await usableCodec(plan.codec)
  try {
    return codec.decode(plan.task, (samples) => readFrame(samples, plan, target))
  } catch (cause) {
    const why = `the codec gave up: ${cause instanceof Error ? cause.message : String(cause)}`
    throw new CodeStreamError('CODE_STREAM_INVALID', { byteLength, why, cause })
  }
}

/** Checks the options of {@link decodeFrame}; a wrong one is a TypeError. */
export function requireOptions({ discardLevels = 0, maxFrameByteLength = 0 }: DecodeOptions): void {
  if (!Number.isInteger(discardLevels) || discardLevels < 0) {
    throw new TypeError(`Expected the \`discardLevels\` option to be a non-negative integer, got \`${discardLevels}\``)
  }
  if (!(maxFrameByteLength >= 0)) {
    throw new TypeError(
      `Expected the \`maxFrameByteLength\` option to be a number of bytes, got \`${maxFrameByteLength}\``,
    )
  }
}

function planDecoding(
  codeStream: Uint8Array,
  { discardLevels = 0, maxFrameByteLength = defaultMaxFrameByteLength }: DecodeOptions,
): DecodingPlan {
  const plan = isJpeg(codeStream) ? planJpeg(codeStream, discardLevels) : planJpeg2000(codeStream, discardLevels)
  requireFrameSize(codeStream, plan, maxFrameByteLength)
  return plan
}

function readFrame(samples: Uint8Array, plan: DecodingPlan, target: ArrayBuffer | undefined): DecodedFrame {
  const byteLength = samplesByteLength(plan)
  if (samples.byteLength !== byteLength) throw new Error(`${samples.byteLength} bytes instead of ${byteLength}`)
  const rearranged = plan.rearrange?.(samples)
  // Before the copy: the codec's heap is in the processor's cache, fresh memory is not.
  const checksum = crc32(rearranged ?? samples)
  return { ...plan.frame, pixels: rearranged ?? copy(samples, target), checksum }
}

function copy(samples: Uint8Array, target: ArrayBuffer | undefined): Uint8Array<ArrayBuffer> {
  if (target?.byteLength !== samples.byteLength) return new Uint8Array(samples)
  const pixels = new Uint8Array(target)
  pixels.set(samples)
  return pixels
}
