import { crc32 } from '@ahi-dicom/runtime'
import { evenLength, itemHeader, longestValueLength, sequenceDelimiter } from '@ahi-dicom/dicom-standard/part10'
import { encapsulatedPixelDataStart } from '../part10/encapsulation.ts'
import { FrameSizeError, InstanceTooLargeError } from '../errors.ts'
import type { FrameStream } from '../frames/frame-reader.ts'
import {
  askReader,
  expectedChecksum,
  frameIdentity,
  requireChecksum,
  type InstanceFrames,
  type NamedFrame,
} from '../frames/instance-frames.ts'
import { requireFrameStream, requireReadFrame } from '../frames/reader-answers.ts'
import type { Part10Envelope } from '../part10/part10.ts'
import type { StoredSyntax } from '../frames/transfer-syntax.ts'

/** What a file with a video is made from. */
export interface VideoStreamOptions {
  readonly instance: InstanceFrames
  readonly syntax: StoredSyntax
  readonly envelope: Part10Envelope
  /** Whether the object is compared with the document's checksum, which is that of its bytes. */
  readonly verify: boolean
  /** Bytes of the object, where the document tells. */
  readonly statedByteLength: number | undefined
  readonly signal: AbortSignal | undefined
  readonly onFrame: (isVerified: boolean) => void
  /** Told when the object is not as long as was stated. */
  readonly onOtherLength: () => void
}

/** Longer objects are in fragments of so many bytes, where their syntax allows several. */
const fragmentByteLength = 1 << 30

/**
 * Streams a file with a video object, which GetImageFrame gives as a whole (PS3.5 8.2.5 to 8.2.11). It is one fragment
 * without a table of offsets; its bytes are yielded as they come and verified at their end, so that a consumer keeps
 * nothing of it before the stream has ended.
 *
 * @throws {FrameChecksumError} and {FrameSizeError} behind the last byte; {InstanceTooLargeError} before the first
 */
export async function* streamVideo(options: VideoStreamOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const { instance, envelope, signal, onFrame } = options
  const frame = frameIdentity(instance, 0)
  const object = await openObject(options, frame)
  const pieces = fragmentLengths(object.byteLength, options)
  yield envelope.head
  yield* encapsulatedPixelDataStart([])
  const expected = options.verify ? expectedChecksum(instance, frame) : undefined
  let received = 0
  let checksum = 0
  for await (const chunk of object.data) {
    signal?.throwIfAborted()
    const position = received
    received += chunk.length
    if (received > object.byteLength) break
    if (expected !== undefined) checksum = crc32(chunk, checksum)
    yield* withFragmentHeaders(chunk, position, pieces)
  }
  if (received !== object.byteLength) {
    options.onOtherLength()
    throw new FrameSizeError(frame, { expected: object.byteLength, actual: received })
  }
  if (expected !== undefined) requireChecksum(frame, expected, checksum)
  onFrame(expected !== undefined)
  if (received % 2 === 1) yield new Uint8Array(1)
  yield sequenceDelimiter
  if (envelope.tail.length > 0) yield envelope.tail
}

interface VideoObject extends FrameStream {
  readonly byteLength: number
}

/** An object whose length is known neither by the source nor by the document is gathered to be measured. */
async function openObject(
  { instance, statedByteLength, signal }: VideoStreamOptions,
  frame: NamedFrame,
): Promise<VideoObject> {
  const stream = await askReader(instance, frame, signal, async (reader, request): Promise<FrameStream> => {
    const { imageFrameId } = frame
    if (reader.stream !== undefined) return requireFrameStream(await reader.stream(request), imageFrameId)
    const read = await reader.read(request, { stored: true, pixels: false })
    const { stored, byteLength } = requireReadFrame(read, imageFrameId)
    if (stored !== undefined) return { data: all([stored]), byteLength }
    throw new TypeError(`Expected the frame reader to give the stored bytes of frame ${frame.imageFrameId}`)
  })
  const byteLength = stream.byteLength ?? statedByteLength
  if (byteLength !== undefined) return { ...stream, byteLength }
  const chunks: Uint8Array[] = []
  for await (const chunk of stream.data) chunks.push(chunk)
  return { data: all(chunks), byteLength: chunks.reduce((length, chunk) => length + chunk.length, 0) }
}

async function* all(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

/**
 * Returns the lengths of the fragments of a video: one, or several if it is too long for one and its syntax is a fragmentable
 * one (PS3.5 A.4).
 *
 * @throws {InstanceTooLargeError}
 */
export function fragmentLengths(
  byteLength: number,
  { instance, syntax }: Pick<VideoStreamOptions, 'instance' | 'syntax'>,
): readonly number[] {
  if (byteLength <= longestValueLength) return [byteLength]
  if (!syntax.isFragmentable) throw new InstanceTooLargeError(instance, byteLength, 'one fragment')
  const count = Math.ceil(byteLength / fragmentByteLength)
  return Array.from({ length: count }, (_, index) =>
    Math.min(fragmentByteLength, byteLength - index * fragmentByteLength),
  )
}

/** A chunk of the object, with a header wherever a fragment begins in it. */
function* withFragmentHeaders(
  chunk: Uint8Array,
  position: number,
  pieces: readonly number[],
): Generator<Uint8Array, void, undefined> {
  let start = 0
  for (const [index, length] of pieces.entries()) {
    const boundary = index * (pieces[0] ?? 0) - position
    if (boundary < start || boundary >= chunk.length) continue
    if (boundary > start) yield chunk.subarray(start, boundary)
    yield itemHeader(evenLength(length))
    start = boundary
  }
  yield start === 0 ? chunk : chunk.subarray(start)
}
