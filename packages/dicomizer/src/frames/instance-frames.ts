import { frameChecksum, fullResolutionChecksum, type ImageFrame } from '@ahi-dicom/ahi-metadata'

import { withoutBoxes } from './code-stream-boxes.ts'
import { FrameChecksumError, FrameDecodeError, FrameMissingError, type FrameIdentity } from '../errors.ts'
import type { DecodedFrame, FrameDecoder, FrameRequest, FrameSource, StoredFrame } from './frames.ts'
import { undecodable, type StoredForm } from './stored-form.ts'

/** The frames of one instance: where they are, and what decodes them. */
export interface InstanceFrames {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly sopInstanceUid: string
  readonly frames: readonly ImageFrame[]
  readonly source: FrameSource | undefined
  /** Decodes code streams. */
  readonly decoder: FrameDecoder | undefined
  /** Reads frames that are stored uncompressed. */
  readonly nativeDecoder: FrameDecoder
}

/** A frame that was got and, where a checksum says of what, verified. */
export interface LoadedFrame {
  readonly frame: FrameIdentity
  readonly form: StoredForm
  /** As it is to be encapsulated, without boxes; undefined where only its pixels are wanted. */
  readonly stored: Uint8Array<ArrayBuffer> | undefined
  /** Undefined where it was not decoded. */
  readonly decoded: DecodedFrame | undefined
  readonly isVerified: boolean
}

/** How a frame is loaded. */
export interface LoadOptions {
  /** Gives the form in which the frames of the instance are stored, knowing this one. */
  readonly formOf: (stored: StoredFrame) => StoredForm | Promise<StoredForm>
  /** Whether frames of a form are wanted decoded; else they are wanted as they are stored. */
  readonly isDecoded: (form: StoredForm) => boolean
  /** Whether stored frames are verified; decoded ones always are. */
  readonly verify: boolean
  /** Whether a frame whose bytes are proven intact is given as it is stored where it cannot be decoded. */
  readonly keepsUndecodable?: boolean | undefined
  /** Whether this frame shows in which form all of them are stored, and has to be certain of it. */
  readonly decidesForm?: boolean | undefined
  readonly signal: AbortSignal | undefined
}

/** Names a frame of the instance. */
export function frameIdentity(
  instance: InstanceFrames,
  frameIndex: number,
): FrameIdentity & { readonly imageFrameId: string } {
  const frame = instance.frames[frameIndex]
  if (frame === undefined) {
    throw new RangeError(`Expected a frame index below ${instance.frames.length}, got \`${frameIndex}\``)
  }
  const { datastoreId, imageSetId, sopInstanceUid } = instance
  return { datastoreId, imageSetId, sopInstanceUid, imageFrameId: frame.ID, frameIndex }
}

/**
 * Gets one frame and verifies it. A frame that is wanted as it is stored is decoded too where only that verifies it.
 *
 * @throws {FrameChecksumError}
 */
export async function loadFrame(
  instance: InstanceFrames,
  frameIndex: number,
  options: LoadOptions,
): Promise<LoadedFrame> {
  const frame = frameIdentity(instance, frameIndex)
  const received = await receive(instance, frame, options)
  return options.isDecoded(received.form)
    ? loadDecoded(instance, received, options)
    : loadStored(instance, received, options)
}

/** A frame as it came, and what its bytes alone prove. */
interface ReceivedFrame {
  readonly frame: FrameIdentity
  readonly form: StoredForm
  readonly data: Uint8Array<ArrayBuffer>
  readonly expected: number | undefined
  /** Whether the checksum of the document is that of these bytes. */
  readonly isIntact: boolean
}

async function receive(instance: InstanceFrames, frame: FrameIdentity, options: LoadOptions): Promise<ReceivedFrame> {
  const get = (): Promise<StoredFrame> =>
    fromSource(instance, frame, options.signal, (source, request) => source.getImageFrame(request))
  const first = judge(instance, frame, { options, ...(await formed(options, await get())) })
  if (options.decidesForm !== true || !isDoubtful(first)) return first
  // Bytes that were damaged on their way may look like another syntax: what comes a second time is believed.
  return judge(instance, frame, { options, ...(await formed(options, await get())) })
}

async function formed(
  { formOf }: LoadOptions,
  stored: StoredFrame,
): Promise<{ readonly data: StoredFrame['data']; readonly form: StoredForm }> {
  return { data: stored.data, form: await formOf(stored) }
}

function judge(
  instance: InstanceFrames,
  frame: FrameIdentity,
  {
    options,
    form,
    data,
  }: { readonly options: LoadOptions; readonly form: StoredForm; readonly data: StoredFrame['data'] },
): ReceivedFrame {
  const isCompared = options.isDecoded(form) || options.verify
  const expected = isCompared ? expectedChecksum(instance, frame) : undefined
  return { frame, form, data, expected, isIntact: expected !== undefined && verifyEncoded(form, frame, data, expected) }
}

function isDoubtful({ form, expected, isIntact }: ReceivedFrame): boolean {
  return form.isContradicted && expected !== undefined && !isIntact
}

async function loadDecoded(
  instance: InstanceFrames,
  { frame, form, data, expected, isIntact }: ReceivedFrame,
  { keepsUndecodable = false, signal }: LoadOptions,
): Promise<LoadedFrame> {
  const mayStay = keepsUndecodable && isIntact && form.syntax.encapsulates
  const kept = mayStay ? withoutBoxes(data.slice()) : undefined
  try {
    const decoded = await decode(instance, form, { frame, data, signal })
    if (!isIntact && expected !== undefined) requireChecksum(frame, expected, decoded.checksum)
    return { frame, form, stored: undefined, decoded, isVerified: expected !== undefined }
  } catch (error) {
    if (kept === undefined || !(error instanceof FrameDecodeError)) throw error
    return { frame, form: undecodable(form), stored: kept, decoded: undefined, isVerified: true }
  }
}

async function loadStored(
  instance: InstanceFrames,
  { frame, form, data, expected, isIntact }: ReceivedFrame,
  { signal }: LoadOptions,
): Promise<LoadedFrame> {
  const stored = withoutBoxes(data)
  if (expected === undefined || isIntact || !canDecode(instance, form)) {
    // Damaged bytes may look like another syntax, of which the checksum that there is then cannot be had.
    if (expected !== undefined && form.isContradicted) requireChecksum(frame, expected, frameChecksum(data))
    return { frame, form, stored, decoded: undefined, isVerified: isIntact }
  }
  const decoded = await decode(instance, form, { frame, data: data.slice(), signal })
  requireChecksum(frame, expected, decoded.checksum)
  return { frame, form, stored, decoded, isVerified: true }
}

/**
 * Asks the frame source for something of a frame.
 *
 * @throws {FrameMissingError} where it does not have it; other errors of the source come through as they are
 */
export async function fromSource<T>(
  instance: InstanceFrames,
  frame: FrameIdentity,
  signal: AbortSignal | undefined,
  ask: (source: FrameSource, request: FrameRequest) => Promise<T>,
): Promise<T> {
  if (instance.source === undefined)
    throw new TypeError('Expected the `frameSource` option for an instance with frames')
  const { datastoreId, imageSetId } = instance
  const { imageFrameId } = frameIdentity(instance, frame.frameIndex)
  try {
    return await ask(instance.source, { datastoreId, imageSetId, imageFrameId, signal })
  } catch (cause) {
    signal?.throwIfAborted()
    throw isNotFound(cause) ? new FrameMissingError(frame, cause) : cause
  }
}

/** The checksum that the document has of a frame at full resolution. */
export function expectedChecksum(instance: InstanceFrames, frame: FrameIdentity): number | undefined {
  const image = instance.frames[frame.frameIndex]
  return image === undefined ? undefined : fullResolutionChecksum(image)?.Checksum
}

/**
 * Compares a checksum with the document's.
 *
 * @throws {FrameChecksumError}
 */
export function requireChecksum(frame: FrameIdentity, expected: number, actual: number): void {
  if (expected !== actual) throw new FrameChecksumError(frame, { expected, actual })
}

/** A frame source says so with a status, as HTTP does, or with the file system's code. */
function isNotFound(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  if ('statusCode' in cause && cause.statusCode === 404) return true
  return 'code' in cause && (cause.code === 'AHI_NOT_FOUND' || cause.code === 'ENOENT')
}

/** Says whether a checksum of the stored bytes vouches for them; where it can be no other, one that differs is an error. */
function verifyEncoded(form: StoredForm, frame: FrameIdentity, data: Uint8Array, expected: number): boolean {
  const { checksumBases } = form
  if (!checksumBases.includes('encoded')) return false
  const actual = frameChecksum(data)
  if (actual !== expected && !checksumBases.includes('decoded')) requireChecksum(frame, expected, actual)
  return actual === expected
}

function canDecode(instance: InstanceFrames, { syntax, checksumBases }: StoredForm): boolean {
  if (syntax.codec === undefined || !checksumBases.includes('decoded')) return false
  return syntax.codec === 'native' || instance.decoder !== undefined
}

async function decode(
  instance: InstanceFrames,
  { syntax }: StoredForm,
  {
    frame,
    data,
    signal,
  }: {
    readonly frame: FrameIdentity
    readonly data: Uint8Array<ArrayBuffer>
    readonly signal: AbortSignal | undefined
  },
): Promise<DecodedFrame> {
  const decoder = syntax.codec === 'native' ? instance.nativeDecoder : instance.decoder
  if (decoder === undefined) throw new TypeError('Expected the `frameDecoder` option for frames to decode')
  try {
    return await decoder.decode(data, { signal })
  } catch (cause) {
    signal?.throwIfAborted()
    throw new FrameDecodeError(frame, cause)
  }
}
