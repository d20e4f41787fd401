import { damagedInTransit, FrameChecksumError, FrameDecodeError, FrameMismatchError } from '../errors.ts'
import { readingOf, type Reading } from './reading.ts'
import type { ReadFrame, WantedFrame } from './frame-reader.ts'
import { askReader, frameIdentity, type InstanceFrames, type NamedFrame } from './instance-frames.ts'
import { judgeFrame, type FramePurpose, type LoadedFrame } from './judge-frame.ts'
import { requireReadFrame } from './reader-answers.ts'
import type { StoredForm } from './stored-form.ts'

/** Options of {@link loadFrame}. */
export interface LoadOptions extends FramePurpose {
  /** The form that the document states. */
  readonly expected: StoredForm
  /** Checks the frame against the attributes. Throws a FrameMismatchError if they disagree. */
  readonly accept: (frame: LoadedFrame) => void
  readonly signal: AbortSignal | undefined
}

/**
 * Reads one frame and checks it. Requests it once more if it is damaged, or if it contradicts the attributes and no
 * checksum confirms it. No other code requests a frame again. If both answers are damaged in different ways, the damage
 * happened in transit and the error is `retryable`.
 *
 * @throws {FrameChecksumError} if the frame does not match its checksum
 * @throws {FrameDecodeError} if the frame does not decode
 * @throws {FrameMismatchError} if the frame contradicts the attributes
 * @throws {FrameMissingError} if the frame does not exist
 */
export async function loadFrame(
  instance: InstanceFrames,
  frameIndex: number,
  options: LoadOptions,
): Promise<LoadedFrame> {
  const frame = frameIdentity(instance, frameIndex)
  const wanted = wantedOf(options, options.form ?? options.expected)
  const first = await askReader(instance, frame, options.signal, async (reader, request) =>
    requireReadFrame(await reader.read(request, wanted), frame.imageFrameId),
  )
  let accepted: LoadedFrame | undefined
  let damaged: Reading | undefined
  try {
    accepted = judged(first, { instance, frame, options })
    if (accepted !== undefined) return accepted
  } catch (error) {
    if (!(error instanceof DamagedFrame)) throw error
    damaged = readingOf(first)
  } finally {
    if (accepted === undefined) first.release?.()
  }
  const again = await askReader(instance, frame, options.signal, async (reader, request) =>
    requireReadFrame(
      await reader.read({ ...request, isRepeated: true }, { stored: true, pixels: true }),
      frame.imageFrameId,
    ),
  )
  try {
    accepted = judged(again, { instance, frame, options })
    if (accepted !== undefined) return accepted
    throw new TypeError(
      `Expected the frame reader to return \`decoded\` or \`failure\` for frame ${frame.imageFrameId}`,
    )
  } catch (error) {
    const differs = damaged?.differsFrom(again) === true
    again.release?.()
    if (!(error instanceof DamagedFrame)) throw error
    throw differs ? damagedInTransit(error.reason) : error.reason
  }
}

/** Wraps the error of a frame that is worth requesting again. */
class DamagedFrame extends Error {
  readonly reason: FrameChecksumError | FrameDecodeError | FrameMismatchError

  constructor(reason: FrameChecksumError | FrameDecodeError | FrameMismatchError) {
    super('A frame is damaged')
    this.reason = reason
  }
}

interface JudgedRead {
  readonly instance: InstanceFrames
  readonly frame: NamedFrame
  readonly options: LoadOptions
}

function judged(read: ReadFrame, { instance, frame, options }: JudgedRead): LoadedFrame | undefined {
  let loaded: LoadedFrame | undefined
  try {
    loaded = judgeFrame(read, { instance, frame, purpose: options })
    if (loaded !== undefined) options.accept(loaded)
    return loaded
  } catch (error) {
    const isDamaged = error instanceof FrameChecksumError || error instanceof FrameDecodeError
    const isDoubtful = error instanceof FrameMismatchError && loaded?.isVerified === false
    throw isDamaged || isDoubtful ? new DamagedFrame(error) : error
  }
}

/**
 * Returns the parts of a frame to request. The stored bytes of the first frame are always requested: they show how all
 * frames are stored.
 */
function wantedOf(purpose: FramePurpose, form: StoredForm): WantedFrame {
  const { syntax, hasSamples, checksumBases } = form
  const isDecoded = purpose.isDecoded(form)
  const isCompared = purpose.verify && checksumBases.includes('decoded')
  return {
    stored: purpose.form === undefined || !isDecoded || syntax.isNative || checksumBases.includes('encoded'),
    pixels: hasSamples && !syntax.isNative && (isDecoded || isCompared),
  }
}
