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

/** Options of {@link streamVideo}. */
export interface VideoStreamOptions {
  readonly instance: InstanceFrames
  readonly syntax: StoredSyntax
  readonly envelope: Part10Envelope
  /** True if the bytes of the video are compared with the document's checksum. */
  readonly verify: boolean
  /** Bytes of the video, if the document states them. */
  readonly statedByteLength: number | undefined
  readonly signal: AbortSignal | undefined
  readonly onFrame: (isVerified: boolean) => void
  /** Called if the video has another length than stated. */
  readonly onOtherLength: () => void
}

/** Videos that are too long for one fragment are split into fragments of this many bytes, if their syntax allows it. */
const fragmentByteLength = 1 << 30

/**
 * Streams a file with a video, which GetImageFrame returns as one object (PS3.5 8.2.5 to 8.2.11). The video is one
 * fragment without an offset table. Its bytes are yielded as they arrive and verified at the end, so a consumer must
 * not use the file before the stream has ended.
 *
 * @throws {FrameChecksumError} after the last byte, if the video does not match its checksum
 * @throws {FrameSizeError} after the last byte, if the video has another length than stated
 * @throws {InstanceTooLargeError} before the first byte, if the video does not fit one fragment
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

/**
 * Opens the video. If neither the source nor the document states its length, the video is read into memory to measure
 * it.
 */
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
    throw new TypeError(`Expected the frame reader to return \`stored\` for frame ${frame.imageFrameId}`)
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
 * Returns the lengths of a video's fragments: one, or several if it is too long for one and its syntax allows several
 * (PS3.5 A.4).
 *
 * @throws {InstanceTooLargeError} if the syntax allows only one
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

/** Yields a chunk of the video, with an item header before each fragment that begins in it. */
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
