import { crc32 } from '@ahi-dicom/runtime'
import { useCodec } from '../codecs/usable-codec.ts'
import { CodeStreamError } from '../errors.ts'
import { isJpeg } from '../headers/jpeg-segments.ts'
import { pixelsByteLength } from './decoded-frame.ts'
import { requireFrameSize, samplesByteLength } from './decoding-plan.ts'
import { planJpeg2000 } from './jpeg2000-plan.ts'
import { planJpeg } from './jpeg-plan.ts'
import type { DecodedFrame } from './decoded-frame.ts'
import type { DecodingPlan } from './decoding-plan.ts'

/** Options of {@link decodeFrame}. */
export interface DecodeOptions {
  /**
   * Number of resolutions to discard. Each one halves the sides, rounded up, and makes decoding several times faster.
   * Default 0, the full resolution. A number above the decompositions gives the lowest resolution. JPEG has only the
   * full one. For HTJ2K, the beginning of the code stream with the remaining resolutions is enough: see `prefixLength`
   * of `@ahi-dicom/htj2k-decoder/headers`.
   */
  readonly discardLevels?: number | undefined
  /**
   * Most bytes of the samples. Default 512 MiB. The limit is needed because a damaged or hostile header can claim any
   * size.
   */
  readonly maxFrameByteLength?: number | undefined
  /** Memory for the pixels. Default: a new array that fills its buffer. */
  readonly memory?: PixelMemory | undefined
}

/** Memory to decode pixels into, for example a {@link FrameMemory}. */
export interface PixelMemory {
  /** Returns an array of exactly this length. Its buffer may be larger. */
  take(byteLength: number): Uint8Array<ArrayBuffer>
  /** Receives the array again if the frame could not be decoded. */
  give?(pixels: Uint8Array<ArrayBuffer>): void
}

const defaultMaxFrameByteLength = 512 * 1024 * 1024
const freshMemory: PixelMemory = { take: (byteLength) => new Uint8Array(byteLength) }

/**
 * Decodes a code stream in this thread: HTJ2K or JPEG 2000 Part 1, raw or boxed (.jph, .jp2), or JPEG. The bytes decide
 * the format; they are not changed. The colour transform of JPEG 2000 is undone. JPEG components stay as coded (YCbCr
 * stays YCbCr), at full resolution.
 *
 * @throws {CodeStreamError} if the code stream is damaged, cut short, or not supported by this package
 * @example
 * import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
 *
 * const { width, height, bitsPerSample, pixels } = await decodeFrame(codeStream)
 * console.log(width, height, bitsPerSample, pixels.length) // 512 512 16 524288
 */
export async function decodeFrame(codeStream: Uint8Array, options: DecodeOptions = {}): Promise<DecodedFrame> {
  requireOptions(options)
  const { memory = freshMemory } = options
  const plan = planDecoding(codeStream, options)
  return useCodec(plan.codec, (codec) => {
    const pixels = takePixels(memory, pixelsByteLength(plan.frame))
    try {
      const checksum = codec.decode(plan.task, (samples) => writePixels(samples, pixels, plan))
      return { ...plan.frame, pixels, checksum }
    } catch (cause) {
      memory.give?.(pixels)
      const why = `the codec failed: ${cause instanceof Error ? cause.message : String(cause)}`
      throw new CodeStreamError('CODE_STREAM_INVALID', { byteLength: codeStream.byteLength, why, cause })
    }
  })
}

/**
 * Checks the options of {@link decodeFrame}.
 *
 * @throws {TypeError} if an option is invalid
 */
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

function takePixels(memory: PixelMemory, byteLength: number): Uint8Array<ArrayBuffer> {
  const pixels = memory.take(byteLength)
  if (pixels.byteLength === byteLength) return pixels
  throw new TypeError(`Expected the \`memory\` option to return ${byteLength} bytes, got \`${pixels.byteLength}\``)
}

/** Writes the codec's samples to the pixels and returns the checksum of the pixels. */
function writePixels(samples: Uint8Array, pixels: Uint8Array, plan: DecodingPlan): number {
  const byteLength = samplesByteLength(plan)
  if (samples.byteLength !== byteLength) throw new Error(`${samples.byteLength} bytes instead of ${byteLength}`)
  if (plan.rearrange !== undefined) {
    plan.rearrange(samples, pixels)
    return crc32(pixels)
  }
  // Computed before the copy, because the codec's heap is in the processor's cache and the pixels may not be.
  const checksum = crc32(samples)
  pixels.set(samples)
  return checksum
}
