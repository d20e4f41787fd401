import { createBitPacker } from './bit-packing.ts'
import { codeStreamColour } from './code-stream-colour.ts'
import type { DataSet } from './data-set.ts'
import { encapsulatedPixelDataHeader, endOfFragments, fragment } from './encapsulation.ts'
import { InstanceTooLargeError } from './errors.ts'
import { frameIdentity, loadDecodedFrame, loadStoredFrame, type InstanceFrames } from './instance-frames.ts'
import { loadInOrder } from './look-ahead.ts'
import { longestNativePixelData, nativePixelDataHeader } from './native-pixel-data.ts'
import type { Part10Envelope } from './part10.ts'
import {
  allocatedPixels,
  checkDecodedFrame,
  nativeByteLength,
  photometricInterpretation,
  pixelFormat,
  withColourByPixel,
  withPhotometric,
} from './pixel-module.ts'

/** How many frames of an instance were compared with a checksum while it was written. */
export interface FrameChecks {
  readonly verified: number
  /** Frames for which the document has no checksum, or whose verification was switched off. */
  readonly unverified: number
}

/** What a stream of a Part 10 file with pixels is made from. */
export interface PixelStreamOptions {
  readonly frames: InstanceFrames
  readonly dataSet: DataSet
  readonly encode: (dataSet: DataSet) => Part10Envelope
  /** Frames in flight. */
  readonly concurrency: number
  readonly signal: AbortSignal | undefined
  readonly onFrame: (verified: boolean) => void
}

/** Stored frames are gathered up to this many bytes, to write a Basic Offset Table; beyond, the table is left empty. */
const offsetTableLimit = 8 << 20

/**
 * Streams a file with native pixels. A frame's bytes are yielded once the frame is verified.
 *
 * @throws {InstanceTooLargeError} when the pixels do not fit a 32-bit length.
 */
export async function* streamNative(options: PixelStreamOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const { frames, dataSet, encode, onFrame } = options
  const format = pixelFormat(dataSet, frames)
  const byteLength = nativeByteLength(format, frames.frames.length)
  if (byteLength > longestNativePixelData) throw new InstanceTooLargeError(frames, byteLength)
  const envelope = encode(dataSet)
  const decoded = loadInOrder(async (index, signal) => {
    const { value, verified } = await loadDecodedFrame(frames, index, signal)
    checkDecodedFrame(value, format, frameIdentity(frames, index))
    return { pixels: allocatedPixels(value, format), verified }
  }, windowOf(options))
  const packer = format.bitsAllocated === 1 ? createBitPacker() : undefined
  let isFirst = true
  for await (const { pixels, verified } of decoded) {
    onFrame(verified)
    if (isFirst) yield* [envelope.head, nativePixelDataHeader(byteLength, format.bitsAllocated)]
    isFirst = false
    yield packer === undefined ? pixels : packer.add(pixels)
  }
  if (packer !== undefined) yield packer.end()
  if (byteLength % 2 === 1) yield new Uint8Array(1)
  if (envelope.tail.length > 0) yield envelope.tail
}

/** Streams a file with the frames encapsulated as they are stored, one fragment each (PS3.5 A.4). */
export async function* streamEncapsulated(
  options: PixelStreamOptions & {
    readonly decodeToVerify: boolean
    readonly verify: boolean
    readonly isJpeg2000: boolean
  },
): AsyncGenerator<Uint8Array, void, undefined> {
  const { frames, onFrame, decodeToVerify, verify } = options
  const stored = loadInOrder(
    (index, signal) => loadStoredFrame(frames, index, { decodeToVerify, verify, signal }),
    windowOf(options),
  )
  const gathered: Uint8Array[] = []
  let gatheredLength = 0
  let tail: Uint8Array | undefined
  for await (const { value: frame, verified } of stored) {
    onFrame(verified)
    if (tail !== undefined) {
      yield* fragment(frame)
      continue
    }
    gathered.push(frame)
    gatheredLength += frame.length
    if (gatheredLength > offsetTableLimit && gathered.length < frames.frames.length) {
      tail = yield* startEncapsulated(options, gathered, false)
    }
  }
  tail ??= yield* startEncapsulated(options, gathered, true)
  yield endOfFragments()
  if (tail.length > 0) yield tail
}

/** Yields everything up to and with the frames gathered so far; gives what comes behind Pixel Data. */
function* startEncapsulated(
  options: PixelStreamOptions & { readonly isJpeg2000: boolean },
  gathered: readonly Uint8Array[],
  hasOffsetTable: boolean,
): Generator<Uint8Array, Uint8Array, undefined> {
  const [first] = gathered
  const isTransformed = options.isJpeg2000 && first !== undefined
  const envelope = options.encode(isTransformed ? withCodeStreamColour(options.dataSet, first) : options.dataSet)
  yield envelope.head
  yield encapsulatedPixelDataHeader(hasOffsetTable ? gathered.map((frame) => frame.length) : [])
  for (const frame of gathered) yield* fragment(frame)
  return envelope.tail
}

const transformedPhotometric = { none: 'RGB', reversible: 'YBR_RCT', irreversible: 'YBR_ICT' } as const

/**
 * Makes PhotometricInterpretation of RGB pixels name the transform that the code stream applied to them (PS3.5 8.2.4, for
 * HTJ2K likewise). Other colour spaces are left alone: a decoder that undoes the transform gets them back.
 */
function withCodeStreamColour(dataSet: DataSet, codeStream: Uint8Array): DataSet {
  const byPixel = withColourByPixel(dataSet)
  const colour = codeStreamColour(codeStream)
  const isRgb = ['RGB', 'YBR_RCT', 'YBR_ICT'].includes(photometricInterpretation(byPixel) ?? '')
  return colour === undefined || !isRgb ? byPixel : withPhotometric(byPixel, transformedPhotometric[colour])
}

function windowOf({ frames, concurrency, signal }: PixelStreamOptions): {
  readonly count: number
  readonly limit: number
  readonly signal: AbortSignal | undefined
} {
  return { count: frames.frames.length, limit: concurrency, signal }
}
