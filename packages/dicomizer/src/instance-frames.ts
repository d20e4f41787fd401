import { frameChecksum, fullResolutionChecksum, type ImageFrame } from '@ahi-dicom/ahi-metadata'

import { FrameChecksumError, FrameDecodeError, FrameMissingError, type FrameIdentity } from './errors.ts'
import type { DecodedFrame, FrameDecoder, FrameSource, StoredFrame } from './frames.ts'
import type { ChecksumBasis } from './transfer-syntax.ts'

/** The frames of one instance: where they are, and how they are got, decoded and verified. */
export interface InstanceFrames {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly sopInstanceUid: string
  readonly frames: readonly ImageFrame[]
  readonly checksumBasis: ChecksumBasis
  readonly source: FrameSource | undefined
  readonly decoder: FrameDecoder | undefined
}

/** A frame and whether it was compared with a checksum. */
export interface Verified<T> {
  readonly value: T
  readonly verified: boolean
}

/** Names a frame of the instance. */
export function frameIdentity(instance: InstanceFrames, frameIndex: number): FrameIdentity {
  const frame = instance.frames[frameIndex]
  if (frame === undefined) {
    throw new RangeError(`Expected a frame index below ${instance.frames.length}, got \`${frameIndex}\``)
  }
  const { datastoreId, imageSetId, sopInstanceUid } = instance
  return { datastoreId, imageSetId, sopInstanceUid, imageFrameId: frame.ID, frameIndex }
}

/**
 * Gets, decodes and verifies one frame.
 *
 * @throws {FrameChecksumError}
 */
export async function loadDecodedFrame(
  instance: InstanceFrames,
  frameIndex: number,
  signal: AbortSignal | undefined,
): Promise<Verified<DecodedFrame>> {
  const frame = frameIdentity(instance, frameIndex)
  const stored = await getFrame(instance, frame, signal)
  const verifiedEncoded = instance.checksumBasis === 'encoded' && verify(instance, frame, frameChecksum(stored.data))
  const decoded = await decode(instance, frame, stored.data, signal)
  const verified = instance.checksumBasis === 'decoded' ? verify(instance, frame, decoded.checksum) : verifiedEncoded
  return { value: decoded, verified }
}

/**
 * Gets one frame as it is stored and verifies it, by decoding a copy of it where the checksum is that of the pixels.
 *
 * @throws {FrameChecksumError}
 */
export async function loadStoredFrame(
  instance: InstanceFrames,
  frameIndex: number,
  options: { readonly decodeToVerify: boolean; readonly verify: boolean; readonly signal: AbortSignal | undefined },
): Promise<Verified<Uint8Array<ArrayBuffer>>> {
  const frame = frameIdentity(instance, frameIndex)
  const { data } = await getFrame(instance, frame, options.signal)
  if (!options.verify) return { value: data, verified: false }
  if (instance.checksumBasis === 'encoded')
    return { value: data, verified: verify(instance, frame, frameChecksum(data)) }
  if (!options.decodeToVerify || expectedChecksum(instance, frame) === undefined)
    return { value: data, verified: false }
  const decoded = await decode(instance, frame, data.slice(), options.signal)
  return { value: data, verified: verify(instance, frame, decoded.checksum) }
}

async function getFrame(instance: InstanceFrames, frame: FrameIdentity, signal?: AbortSignal): Promise<StoredFrame> {
  if (instance.source === undefined)
    throw new TypeError('Expected the `frameSource` option for an instance with frames')
  const { datastoreId, imageSetId } = instance
  try {
    return await instance.source.getImageFrame({ datastoreId, imageSetId, imageFrameId: frame.imageFrameId, signal })
  } catch (cause) {
    signal?.throwIfAborted()
    throw isNotFound(cause) ? new FrameMissingError(frame, cause) : cause
  }
}

/** A frame source says so with a status, as HTTP does, or with the file system's code. */
function isNotFound(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  if ('statusCode' in cause && cause.statusCode === 404) return true
  return 'code' in cause && (cause.code === 'AHI_NOT_FOUND' || cause.code === 'ENOENT')
}

async function decode(
  instance: InstanceFrames,
  frame: FrameIdentity,
  codeStream: Uint8Array<ArrayBuffer>,
  signal: AbortSignal | undefined,
): Promise<DecodedFrame> {
  if (instance.decoder === undefined) throw new TypeError('Expected the `frameDecoder` option for frames to decode')
  try {
    return await instance.decoder.decode(codeStream, { signal })
  } catch (cause) {
    signal?.throwIfAborted()
    throw new FrameDecodeError(frame, cause)
  }
}

function expectedChecksum(instance: InstanceFrames, frame: FrameIdentity): number | undefined {
  const image = instance.frames[frame.frameIndex]
  return image === undefined ? undefined : fullResolutionChecksum(image)?.Checksum
}

/** Says whether there was a checksum to compare with. */
function verify(instance: InstanceFrames, frame: FrameIdentity, actual: number): boolean {
  const expected = expectedChecksum(instance, frame)
  if (expected === undefined) return false
  if (expected !== actual) throw new FrameChecksumError(frame, { expected, actual })
  return true
}
