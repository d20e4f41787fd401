import { fullResolutionChecksum, type ImageFrame } from '@ahi-dicom/ahi-metadata'

import { FrameChecksumError, FrameMissingError, type FrameIdentity } from '../errors.ts'
import type { PixelFormat } from '../pixels/pixel-module.ts'
import type { FrameReader, FrameRequest } from './frame-reader.ts'

/** The frames of one instance, and their reader. */
export interface InstanceFrames {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly sopInstanceUid: string
  readonly frames: readonly ImageFrame[]
  readonly reader: FrameReader | undefined
  /** Returns the most bytes that a stored frame can have. */
  readonly maxFrameByteLength: () => number
  /** Returns the pixel format of frames that are stored uncompressed. */
  readonly nativeFormat: () => PixelFormat
}

/** A frame that exists in AHI. */
export interface NamedFrame extends FrameIdentity {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly imageFrameId: string
}

/**
 * Returns the identifiers of a frame. `frameIndex` is zero-based.
 *
 * @throws {RangeError} if the instance has no frame with this index
 */
export function frameIdentity(instance: InstanceFrames, frameIndex: number): NamedFrame {
  const { datastoreId, imageSetId, sopInstanceUid, frames } = instance
  const frame = frames[frameIndex]
  if (frame === undefined) {
    const count = `its frameCount is ${frames.length}, and indices begin at 0`
    throw new RangeError(`Cannot read frame ${frameIndex} of instance ${sopInstanceUid}: ${count}`)
  }
  return { datastoreId, imageSetId, sopInstanceUid, imageFrameId: frame.ID, frameIndex }
}

/**
 * Calls the frame reader for one frame. Other errors of the reader pass through unchanged.
 *
 * @throws {FrameMissingError} if the frame does not exist
 */
export async function askReader<T>(
  { reader, maxFrameByteLength }: InstanceFrames,
  frame: NamedFrame,
  signal: AbortSignal | undefined,
  ask: (reader: FrameReader, request: FrameRequest) => Promise<T>,
): Promise<T> {
  if (reader === undefined) throw new TypeError('Expected the `frameReader` option: the instance has frames')
  const { datastoreId, imageSetId, imageFrameId } = frame
  try {
    return await ask(reader, { datastoreId, imageSetId, imageFrameId, maxByteLength: maxFrameByteLength(), signal })
  } catch (cause) {
    signal?.throwIfAborted()
    throw isNotFound(cause) ? new FrameMissingError(frame, cause) : cause
  }
}

/** Returns the document's checksum of a frame at full resolution. */
export function expectedChecksum(
  { frames }: Pick<InstanceFrames, 'frames'>,
  { frameIndex }: FrameIdentity,
): number | undefined {
  const image = frames[frameIndex]
  return image === undefined ? undefined : fullResolutionChecksum(image)?.Checksum
}

/**
 * Compares a checksum with that in the document.
 *
 * @throws {FrameChecksumError} if they differ
 */
export function requireChecksum(frame: FrameIdentity, expected: number, actual: number): void {
  if (expected !== actual) throw new FrameChecksumError(frame, { expected, actual })
}

/** A reader reports a missing frame by an HTTP status, or by an error code of AHI or the file system. */
function isNotFound(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  if ('statusCode' in cause && cause.statusCode === 404) return true
  return 'code' in cause && (cause.code === 'AHI_NOT_FOUND' || cause.code === 'ENOENT')
}
