import { encapsulatedPixelDataStart, endOfFragments, fragment, fragmentsLength } from '../part10/encapsulation.ts'
import { FrameSizeError } from '../errors.ts'
import type { FrameWriter } from './frame-writer.ts'
import type { LoadedFrame } from '../frames/instance-frames.ts'
import type { Part10Envelope } from '../part10/part10.ts'

/** What a file with encapsulated frames is made from. */
export interface EncapsulatedWriterOptions {
  readonly frameCount: number
  readonly envelope: Part10Envelope
  /** Bytes of every frame, where the document tells. */
  readonly frameLengths: readonly number[] | undefined
  /** Told when a frame is not as long as that. */
  readonly onOtherLength: () => void
}

/** Stored frames are gathered up to this many bytes, to write a table of offsets from what they are. */
const gatheredByteLength = 8 << 20

/**
 * Writes frames as they are stored, one fragment each (PS3.5 A.4), with a table of where they are: from the frames
 * themselves where they are few, else from the lengths that the document states. Where those are missing, or the first
 * frame shows that they are something else, the table is empty.
 */
export function encapsulatedWriter(options: EncapsulatedWriterOptions): FrameWriter {
  const { frameCount, envelope, onOtherLength } = options
  let gathered: Uint8Array[] = []
  let gatheredLength = 0
  let stated: readonly number[] | undefined
  let isStarted = false

  function* start(frameLengths: readonly number[]): Generator<Uint8Array> {
    isStarted = true
    yield envelope.head
    yield* encapsulatedPixelDataStart(frameLengths)
    for (const frame of gathered) yield* fragment(frame)
    gathered = []
  }

  return {
    *add(loaded) {
      const { stored: frame } = loaded
      if (frame === undefined) throw new TypeError('Expected a stored frame')
      const isFirst = !isStarted && gathered.length === 0
      if (isFirst) stated = tabledLengths(options, frame.length)
      if (stated !== undefined) requireLength(loaded, stated, frame.length, onOtherLength)
      if (isStarted) {
        yield* fragment(frame)
        return
      }
      gathered.push(frame)
      gatheredLength += frame.length
      if (stated !== undefined) yield* start(stated)
      else if (gatheredLength > gatheredByteLength && gathered.length < frameCount) yield* start([])
    },
    *end() {
      if (!isStarted) yield* start(gathered.map((frame) => frame.length))
      yield endOfFragments()
      if (envelope.tail.length > 0) yield envelope.tail
    },
  }
}

/** The stated lengths, where the first frame bears them out and all frames are too much to gather. */
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
