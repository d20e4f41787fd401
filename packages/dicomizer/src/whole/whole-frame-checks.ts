import { createEncodedChecksum } from './encoded-checksum.ts'
import { FrameChecksumError, FrameDecodeError } from '../errors.ts'
import { expectedChecksum, expectedFrameIdentity, type ExpectedFrames } from './expected-frames.ts'
import type { FrameComparison, WholeFrameDecoder } from './frame-comparison.ts'
import { createFrameGatherer, type GatheredFrame } from './frame-gatherer.ts'
import type { FrameSink } from './frame-splitter.ts'
import { requireDecodedFrame } from '../frames/reader-answers.ts'
import type { FrameChecks } from '../stream/pixel-stream.ts'

/** Compares frames with their checksums while a file is read. */
export interface WholeFrameChecks {
  readonly sink: FrameSink
  /** Decodes and compares the collected frames. Await it before more bytes are fed. */
  settle(signal: AbortSignal | undefined): Promise<void>
  /**
   * Call it at the end of the file. Returns how many frames were compared. Pass `areFrames` false if the frames were
   * not found where they have to be: then none counts.
   *
   * @throws {FrameChecksumError} for the first frame that does not match its checksum
   * @throws {FrameDecodeError} for the first frame that does not decode
   */
  result(areFrames: boolean): FrameChecks
}

interface ChecksOptions {
  readonly comparison: Exclude<FrameComparison, 'none'>
  readonly isPadded: boolean
  readonly expected: ExpectedFrames
  readonly decoder: WholeFrameDecoder | undefined
}

/** Returns the checks of a file that has as many frames as AHI. */
export function createWholeFrameChecks(options: ChecksOptions): WholeFrameChecks {
  const { comparison, expected, decoder } = options
  const gathered: GatheredFrame[] = []
  let verified = 0
  let failure: Error | undefined

  function compare(index: number, actual: readonly number[]): void {
    const checksum = expectedChecksum(expected, index)
    const [first = 0] = actual
    if (checksum === undefined || failure !== undefined) return
    if (actual.includes(checksum)) verified += 1
    else failure = new FrameChecksumError(expectedFrameIdentity(expected, index), { expected: checksum, actual: first })
  }

  async function decodeAndCompare({ index, bytes }: GatheredFrame, signal: AbortSignal | undefined): Promise<void> {
    const isUseless = expectedChecksum(expected, index) === undefined || failure !== undefined
    if (isUseless || bytes === undefined || decoder === undefined) return
    try {
      const { checksum } = requireDecodedFrame(await decoder.decode(bytes, { signal }), `frame ${index + 1}`)
      compare(index, [checksum])
    } catch (cause) {
      signal?.throwIfAborted()
      failure = new FrameDecodeError(expectedFrameIdentity(expected, index), cause)
    }
  }

  return {
    sink:
      comparison === 'pixels'
        ? createFrameGatherer(0, (frame) => gathered.push(frame))
        : checksumSink((index, checksums) => compare(index, options.isPadded ? checksums : checksums.slice(0, 1))),
    async settle(signal) {
      for (const frame of gathered.splice(0)) await decodeAndCompare(frame, signal)
    },
    result(areFrames) {
      if (areFrames && failure !== undefined) throw failure
      const counted = areFrames ? verified : 0
      return { verified: counted, unverified: expected.frames.length - counted }
    },
  }
}

/** Returns a sink that computes two checksums of each frame, with its last byte and without. */
function checksumSink(take: (index: number, checksums: readonly [number, number]) => void): FrameSink {
  let index = 0
  let checksum = createEncodedChecksum()
  return {
    bytes: (piece) => checksum.add(piece),
    end() {
      take(index, [checksum.whole(), checksum.unpadded()])
      index += 1
      checksum = createEncodedChecksum()
    },
  }
}
