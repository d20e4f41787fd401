import { frameChecksum } from '@ahi-dicom/ahi-metadata'
import type { DecodedFrame } from '@ahi-dicom/htj2k-decoder'
import {
  readCodeStreamEnd,
  readFrameHeader,
  withoutBoxes,
  type CodeStreamEnd,
  type FrameHeader,
} from '@ahi-dicom/htj2k-decoder/headers'

import { FrameDecodeError } from '../errors.ts'

import type { StoredFrame } from './create-frame-reader.ts'
import type { ReadFrame } from './frame-reader.ts'
import { expectedChecksum, requireChecksum, type InstanceFrames, type NamedFrame } from './instance-frames.ts'
import { decodeNativeFrame } from './native-frames.ts'
import { undecodable, type StoredForm } from './stored-form.ts'

/** A frame that passed the checks against the document. */
export interface LoadedFrame {
  readonly frame: NamedFrame
  readonly form: StoredForm
  /** The stored bytes to encapsulate, without the boxes of JP2 or JPH. Undefined if the frame is written decoded. */
  readonly stored: Uint8Array<ArrayBuffer> | undefined
  /** Undefined if the frame was not decoded. */
  readonly decoded: DecodedFrame | undefined
  /** True if the frame matches a checksum of the document. */
  readonly isVerified: boolean
  /** The end of its code stream. Undefined if the stored bytes were not wanted, or are not recognised. */
  readonly end: CodeStreamEnd | undefined
  /** Gives its memory back to the reader. */
  readonly release: () => void
}

/** The use of a frame. */
export interface FramePurpose {
  /** The form of the instance's frames. Undefined for the first frame, whose bytes decide it. */
  readonly form: StoredForm | undefined
  /** Returns the form of the first frame. */
  readonly recognise: (stored: StoredFrame) => StoredForm
  /** Returns whether frames of this form are wanted decoded. If not, they are wanted as they are stored. */
  readonly isDecoded: (form: StoredForm) => boolean
  /** Whether stored frames are verified. Decoded frames always are. */
  readonly verify: boolean
  /** Whether a frame that does not decode is returned as it is stored, if its bytes match the checksum. */
  readonly keepsUndecodable?: boolean | undefined
}

/**
 * Checks a frame against the document: its form, its checksum, and whether it decodes. Returns undefined if the check
 * needs decoded pixels and they were not requested.
 *
 * @throws {FrameChecksumError} if the frame does not match its checksum
 * @throws {FrameDecodeError} if the frame does not decode
 */
export function judgeFrame(
  read: ReadFrame,
  { instance, frame, purpose }: { instance: InstanceFrames; frame: NamedFrame; purpose: FramePurpose },
): LoadedFrame | undefined {
  const form = purpose.form ?? purpose.recognise({ data: storedBytes(read, frame), contentType: read.contentType })
  const isDecoded = purpose.isDecoded(form)
  const expected = isDecoded || purpose.verify ? expectedChecksum(instance, frame) : undefined
  const judged = { read, instance, frame, form, expected, isIntact: isIntact(read, { form, frame, expected }) }
  return isDecoded ? judgeDecoded(judged, purpose) : judgeStored(judged)
}

interface JudgedFrame {
  readonly read: ReadFrame
  readonly instance: InstanceFrames
  readonly frame: NamedFrame
  readonly form: StoredForm
  /** CRC-32 in the document. Undefined if it has none, or if nothing is compared. */
  readonly expected: number | undefined
  /** True if the stored bytes have that checksum. */
  readonly isIntact: boolean
}

function judgeDecoded(
  { read, instance, frame, form, expected, isIntact }: JudgedFrame,
  { keepsUndecodable = false }: FramePurpose,
): LoadedFrame | undefined {
  const { decoded, failure } = checkedAgainstHeader(samplesOf(read, form, instance, frame), ownHeader(read, form))
  if (decoded !== undefined) {
    if (!isIntact && expected !== undefined) requireChecksum(frame, expected, decoded.checksum)
    return loaded(read, { frame, form, stored: undefined, decoded, isVerified: expected !== undefined })
  }
  if (failure === undefined) return undefined
  if (!keepsUndecodable || !isIntact || !form.syntax.encapsulates) throw new FrameDecodeError(frame, failure)
  const stored = withoutBoxes(storedBytes(read, frame))
  return loaded(read, { frame, form: undecodable(form, failure), stored, decoded, isVerified: true })
}

function judgeStored({ read, frame, form, expected, isIntact }: JudgedFrame): LoadedFrame | undefined {
  const data = storedBytes(read, frame)
  const stored = withoutBoxes(data)
  const isComparable = form.hasSamples && form.checksumBases.includes('decoded')
  if (expected === undefined || isIntact || !isComparable) {
    // Damaged bytes may look like a syntax that cannot be decoded. Only their own checksum can be compared then.
    if (expected !== undefined && form.isContradicted) requireChecksum(frame, expected, frameChecksum(data))
    return loaded(read, { frame, form, stored, decoded: undefined, isVerified: isIntact })
  }
  if (read.failure !== undefined) throw new FrameDecodeError(frame, read.failure)
  if (read.decoded === undefined) return undefined
  requireChecksum(frame, expected, read.decoded.checksum)
  return loaded(read, { frame, form, stored, decoded: read.decoded, isVerified: true })
}

function loaded(read: ReadFrame, frame: Omit<LoadedFrame, 'release' | 'end'>): LoadedFrame {
  const { stored } = read
  const end = stored === undefined || frame.form.syntax.isNative ? undefined : readCodeStreamEnd(stored)
  return { ...frame, end, release: () => read.release?.() }
}

/** Returns the header of the frame's code stream, if its bytes are available and recognised. */
function ownHeader({ stored }: ReadFrame, { syntax }: StoredForm): FrameHeader | undefined {
  return stored === undefined || syntax.isNative ? undefined : readFrameHeader(stored)
}

/** Turns decoded samples into a failure if they contradict the header of the code stream. */
function checkedAgainstHeader(
  samples: Pick<ReadFrame, 'decoded' | 'failure'>,
  header: FrameHeader | undefined,
): Pick<ReadFrame, 'decoded' | 'failure'> {
  const { decoded } = samples
  if (decoded === undefined || header === undefined || header.kind === 'jpeg-xl') return samples
  const [decodedAs, coded] = [inWords(decoded), inWords(header)]
  if (decodedAs === coded) return samples
  return { failure: new Error(`the decoder returned ${decodedAs}, but the code stream has ${coded}`) }
}

function inWords({
  width,
  height,
  components,
  bitsPerSample,
  isSigned,
}: Pick<DecodedFrame, 'width' | 'height' | 'components' | 'bitsPerSample' | 'isSigned'>): string {
  return `${width} x ${height} x ${components} ${isSigned ? 'signed' : 'unsigned'} samples of ${bitsPerSample} bits`
}

/**
 * Returns whether the stored bytes match the document's checksum.
 *
 * @throws {FrameChecksumError} if they do not, and the checksum cannot be one of decoded pixels
 */
function isIntact(
  read: ReadFrame,
  { form, frame, expected }: Pick<JudgedFrame, 'form' | 'frame' | 'expected'>,
): boolean {
  if (expected === undefined || !form.checksumBases.includes('encoded')) return false
  const actual = frameChecksum(storedBytes(read, frame))
  if (actual !== expected && !form.checksumBases.includes('decoded')) requireChecksum(frame, expected, actual)
  return actual === expected
}

function samplesOf(
  read: ReadFrame,
  { syntax }: StoredForm,
  instance: InstanceFrames,
  frame: NamedFrame,
): Pick<ReadFrame, 'decoded' | 'failure'> {
  if (read.byteLength === 0) return { failure: new Error('it has no bytes') }
  if (!syntax.isNative) return read
  try {
    return { decoded: decodeNativeFrame(storedBytes(read, frame), instance.nativeFormat()) }
  } catch (failure) {
    return { failure }
  }
}

function storedBytes({ stored }: ReadFrame, { imageFrameId }: NamedFrame): Uint8Array<ArrayBuffer> {
  if (stored instanceof Uint8Array) return stored
  throw new TypeError(`Expected the frame reader to return \`stored\` for frame ${imageFrameId}, got \`${stored}\``)
}
