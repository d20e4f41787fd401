import type { DataSet } from '../data-set/data-set.ts'
import { encapsulatedWriter } from './encapsulated-writer.ts'
import type { FrameWriter } from './frame-writer.ts'
import type { StoredFrame } from '../frames/frames.ts'
import { loadFrame, type InstanceFrames, type LoadedFrame } from '../frames/instance-frames.ts'
import { loadInOrder, type Load } from '../frames/look-ahead.ts'
import { nativeWriter } from './native-writer.ts'
import type { Part10Envelope } from '../part10/part10.ts'
import { pixelFormat } from '../pixels/pixel-module.ts'
import type { StoredForm } from '../frames/stored-form.ts'

/** How many frames of an instance were compared with a checksum while it was written. */
export interface FrameChecks {
  readonly verified: number
  /** Frames for which the document has no checksum, or whose verification was switched off. */
  readonly unverified: number
}

/** What a stream of a Part 10 file with frames is made from. */
export interface PixelStreamOptions {
  readonly instance: InstanceFrames
  /** Gives the form in which frames are stored, knowing one of them. */
  readonly recognise: (stored: StoredFrame) => StoredForm
  /** Whether frames of a form are written decoded; else they are encapsulated as they are stored. */
  readonly isDecoded: (form: StoredForm) => boolean
  readonly verify: boolean
  /** Makes the attributes agree with the first frame. */
  readonly describe: (first: LoadedFrame) => DataSet
  readonly encode: (dataSet: DataSet, form: StoredForm) => Part10Envelope
  /** Bytes of every frame as it is stored, where the document tells. */
  readonly frameLengths: () => readonly number[] | undefined
  /** Told when a frame is not as long as that. */
  readonly onOtherLength: () => void
  readonly onFrame: (isVerified: boolean) => void
  /** Frames in flight. */
  readonly concurrency: number
  readonly signal: AbortSignal | undefined
}

/**
 * Streams a file with the frames of an instance, decoded or encapsulated. A frame's bytes are yielded once it is
 * verified; the first decides what the attributes say and how the file is written.
 */
export async function* streamFrames(options: PixelStreamOptions): AsyncGenerator<Uint8Array, void, undefined> {
  const { instance, concurrency, signal } = options
  const frames = loadInOrder(frameLoader(options), { count: instance.frames.length, limit: concurrency, signal })
  let writer: FrameWriter | undefined
  for await (const frame of frames) {
    writer ??= startWriter(options, frame)
    options.onFrame(frame.isVerified)
    // Not yield*: in an async generator that wraps every chunk once more.
    for (const chunk of writer.add(frame)) yield chunk
  }
  if (writer !== undefined) for (const chunk of writer.end()) yield chunk
}

/**
 * Loads frames, of which those that come before the first one wait until that one has shown how all of them are stored:
 * its bytes do, except where they are not what the document says, and where decoding may find that it cannot be decoded
 * and stays as it is.
 */
function frameLoader({ instance, recognise, isDecoded, verify }: PixelStreamOptions): Load<LoadedFrame> {
  const ofFirst = { isDecoded, verify, keepsUndecodable: true, decidesForm: true }
  if (instance.frames.length === 1) {
    return (index, signal) => loadFrame(instance, index, { ...ofFirst, formOf: recognise, signal })
  }
  const first = Promise.withResolvers<StoredForm>()
  first.promise.catch(() => {})
  const formOfFirst = (stored: StoredFrame): StoredForm => {
    const form = recognise(stored)
    const isCertain = !form.isContradicted && !(isDecoded(form) && form.checksumBases.includes('encoded'))
    if (isCertain) first.resolve(form)
    return form
  }
  return (index, signal) => {
    if (index > 0) return loadFrame(instance, index, { formOf: () => first.promise, isDecoded, verify, signal })
    const loading = loadFrame(instance, index, { ...ofFirst, formOf: formOfFirst, signal })
    loading.then(({ form }) => first.resolve(form), first.reject)
    return loading
  }
}

function startWriter(options: PixelStreamOptions, first: LoadedFrame): FrameWriter {
  const { instance, isDecoded, describe, encode, frameLengths, onOtherLength } = options
  const frameCount = instance.frames.length
  const dataSet = describe(first)
  const envelope = encode(dataSet, first.form)
  if (!isDecoded(first.form)) {
    return encapsulatedWriter({ frameCount, envelope, frameLengths: frameLengths(), onOtherLength })
  }
  return nativeWriter({ format: pixelFormat(dataSet, instance), frameCount, envelope, identity: instance })
}
