import { FrameSizeError } from '../errors.ts'
import type { LoadedFrame } from '../frames/judge-frame.ts'
import { sequenceDelimiter } from '@ahi-dicom/dicom-standard/part10'
import { encapsulatedPixelDataStart, fragment, fragmentsLength } from '../part10/encapsulation.ts'
import type { Part10Envelope } from '../part10/part10.ts'
import type { FrameWriter } from './frame-writer.ts'

/** Options of {@link createEncapsulatedWriter}. */
export interface EncapsulatedWriterOptions {
  readonly frameCount: number
  readonly envelope: Part10Envelope
  /** Length of every frame in bytes, if the document states it. */
  readonly frameLengths: readonly number[] | undefined
  /** Called if a frame has another length than stated. */
  readonly onOtherLength: () => void
}

/**
 * The most bytes of stored frames that are held in memory so that the offset table can be written from their lengths.
 */
export const gatheredByteLength: number = 8 << 20

/**
 * Returns a writer of stored frames, one fragment each (PS3.5 A.4), with an offset table. If the frames are few, the
 * table is made from their lengths, else from the lengths that the document states. It is empty if the document states
 * none, or if the first frame has another length than stated.
 */
export function createEncapsulatedWriter(options: EncapsulatedWriterOptions): FrameWriter {
  const { frameCount, envelope, onOtherLength } = options
  let gathered: LoadedFrame[] = []
  let gatheredLength = 0
  let stated: readonly number[] | undefined
  let isStarted = false

  function* start(frameLengths: readonly number[]): Generator<Uint8Array> {
    isStarted = true
    yield envelope.head
    yield* encapsulatedPixelDataStart(frameLengths)
    for (const frame of gathered) yield* fragmentOf(frame)
    gathered = []
  }

  return {
    *add(loaded) {
      const { length } = storedBytes(loaded)
      const isFirst = !isStarted && gathered.length === 0
      if (isFirst) stated = tabledLengths(options, length)
      if (stated !== undefined) requireLength(loaded, stated, length, onOtherLength)
      if (isStarted) {
        yield* fragmentOf(loaded)
        return
      }
      gathered.push(loaded)
      gatheredLength += length
      if (stated !== undefined) yield* start(stated)
      else if (gatheredLength > gatheredByteLength && gathered.length < frameCount) yield* start([])
    },
    *end() {
      if (!isStarted) yield* start(gathered.map((frame) => storedBytes(frame).length))
      yield sequenceDelimiter
      if (envelope.tail.length > 0) yield envelope.tail
    },
  }
}

function* fragmentOf(frame: LoadedFrame): Generator<Uint8Array> {
  yield* fragment(storedBytes(frame))
  frame.release()
}

function storedBytes({ stored }: LoadedFrame): Uint8Array {
  if (stored === undefined) throw new TypeError('Expected a stored frame')
  return stored
}

/** Returns the stated lengths, if the first frame has its stated length and the frames are too large to be held. */
function tabledLengths(
  { frameLengths, frameCount }: EncapsulatedWriterOptions,
  firstLength: number,
): readonly number[] | undefined {
  if (frameLengths === undefined || frameCount === 1 || frameLengths[0] !== firstLength) return undefined
  return fragmentsLength(frameLengths) > gatheredByteLength ? frameLengths : undefined
}

function requireLength(
  { frame }: LoadedFrame,
  stated: readonly number[],
  actual: number,
  onOtherLength: () => void,
): void {
  const expected = stated[frame.frameIndex]
  if (expected === undefined || expected === actual) return
  onOtherLength()
  throw new FrameSizeError(frame, { expected, actual })
}
