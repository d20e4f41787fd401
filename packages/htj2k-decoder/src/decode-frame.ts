import { crc32 } from 'node:zlib'
import { readCodeStreamHeader } from './code-stream-header.ts'
import { interleaveComponents, narrowSamples } from './component-rows.ts'
import { CodeStreamError } from './errors.ts'
import { findCodeStream } from './find-code-stream.ts'
import { FIRST_COMPONENT } from './image-size.ts'
import { usableCodec } from './usable-codec.ts'
import type { DecodedFrame } from './decoded-frame.ts'

/** Options of {@link decodeFrame}. */
export interface DecodeOptions {
  /**
   * Number of resolutions to leave out: each halves the sides, rounded up, and is several times faster. Default 0, the
   * full resolution; more than the code stream has gives its lowest one.
   */
  readonly discardLevels?: number | undefined
  /** Most bytes that the samples may take. Default 512 MiB: a damaged or hostile header can claim any size. */
  readonly maxFrameByteLength?: number | undefined
}

const DEFAULT_MAX_FRAME_BYTE_LENGTH = 512 * 1024 * 1024
const SIGNED_PRECISION = 0x80
const SIGNED_16_BITS = 0x8f

/**
 * Decodes an HTJ2K code stream, raw or boxed (.jph), in this thread, which is busy meanwhile. The bytes are only read.
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
  const codec = await usableCodec()
  const task = { codeStream: findCodeStream(codeStream), discardLevels: plan.discardLevels, patch: plan.patch }
  try {
    return codec.decode(task, (samples) => readFrame(samples, plan, target))
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

/** What to ask of the codec for a code stream, and what to make of its samples. */
interface DecodingPlan {
  readonly frame: Omit<DecodedFrame, 'pixels' | 'checksum'>
  readonly discardLevels: number
  readonly patch?: (codeStream: Uint8Array) => void
  /** Whether the codec decodes to two bytes what needs one. */
  readonly isWidened: boolean
  readonly isScrambled: boolean
}

function planDecoding(codeStream: Uint8Array, options: DecodeOptions): DecodingPlan {
  const header = readCodeStreamHeader(codeStream)
  const { components, bitsPerSample, isSigned } = header
  const discardLevels = Math.min(options.discardLevels ?? 0, header.decompositions)
  const width = Math.ceil(header.width / 2 ** discardLevels)
  const height = Math.ceil(header.height / 2 ** discardLevels)
  const plan = {
    frame: { width, height, components, bitsPerSample, isSigned },
    discardLevels,
    isWidened: isSigned && bitsPerSample <= 8,
    isScrambled: components > 1 && !header.usesColorTransform,
  }
  requireFrameSize(codeStream, plan, options.maxFrameByteLength ?? DEFAULT_MAX_FRAME_BYTE_LENGTH)
  if (!plan.isWidened) return plan
  if (!header.isReversible) {
    const why = `its samples are signed, of ${bitsPerSample} bits, and lossy; use another decoder for it`
    throw new CodeStreamError('CODE_STREAM_UNSUPPORTED', { byteLength: codeStream.byteLength, why })
  }
  return { ...plan, patch: (copy) => widenComponents(copy, components) }
}

function requireFrameSize({ byteLength }: Uint8Array, plan: DecodingPlan, maxFrameByteLength: number): void {
  const frameByteLength = samplesByteLength(plan)
  if (frameByteLength <= maxFrameByteLength) return
  const why = `its samples take ${frameByteLength} bytes; raise \`maxFrameByteLength\` where frames are that large`
  throw new CodeStreamError('CODE_STREAM_UNSUPPORTED', { byteLength, why })
}

/** Length of the samples as the codec gives them. */
function samplesByteLength({ frame: { width, height, components, bitsPerSample }, isWidened }: DecodingPlan): number {
  return width * height * components * (isWidened || bitsPerSample > 8 ? 2 : 1)
}

/** Makes signed components of up to 8 bits, which the codec would clamp to 0 and above, 16 bits wide. */
function widenComponents(codeStream: Uint8Array, components: number): void {
  for (let component = 0; component < components; component += 1) {
    const offset = FIRST_COMPONENT + 3 * component
    if ((codeStream[offset] ?? 0) >= SIGNED_PRECISION) codeStream[offset] = SIGNED_16_BITS
  }
}

function readFrame(samples: Uint8Array, plan: DecodingPlan, target: ArrayBuffer | undefined): DecodedFrame {
  const byteLength = samplesByteLength(plan)
  if (samples.byteLength !== byteLength) throw new Error(`${samples.byteLength} bytes instead of ${byteLength}`)
  const rearranged = rearrange(samples, plan)
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

/** Puts right what the codec leaves wrong; `undefined` where it leaves nothing. */
function rearrange(samples: Uint8Array, { frame, isWidened, isScrambled }: DecodingPlan) {
  if (!isScrambled) return isWidened ? narrowSamples(samples) : undefined
  const bytesPerSample = isWidened || frame.bitsPerSample > 8 ? 2 : 1
  const interleaved = interleaveComponents(samples, { ...frame, bytesPerSample })
  return isWidened ? narrowSamples(interleaved) : interleaved
}
