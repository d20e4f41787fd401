import {
  explicitVrLittleEndian,
  htj2kLosslessRpcl,
  jpeg2000Lossless,
} from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import { decodableTransferSyntaxes } from '@ahi-dicom/dicomizer'
import type { OperationContext } from '../operation/operation.ts'
import { frameStorage } from '../pixels/frame-storage.ts'
import type { FrameContent } from '../store/frame-content.ts'
import { storedTransferSyntax } from './find-instance.ts'
import type { FoundInstance } from './find-instance.ts'
import type { FrameBytes } from './frame-bytes.ts'
import { toJpeg2000File } from './jpeg2000-file.ts'
import { toJpeg2000 } from './jpeg2000-frames.ts'
import { toNative } from './native-frame.ts'
import { decodedByteLength, isLargeFrame, largeFrameStrips, nativeStrips } from './native-strips.ts'

/** Transcodes stored frames to a transfer syntax. */
export interface FrameTranscoder {
  readonly transferSyntaxUid: string
  readonly transcode: (frame: FrameContent) => Promise<FrameBytes>
}

/**
 * Returns a transcoder for the stored frames of an instance, or `undefined` if they are not available in the transfer
 * syntax. If uncompressed frames are requested, frames in a transfer syntax that the service does not know are sent
 * unchanged.
 */
export function frameTranscoder(
  found: FoundInstance,
  transferSyntaxUid: string,
  context: OperationContext,
): FrameTranscoder | undefined {
  const stored = storedTransferSyntax(found)
  if (stored === undefined) return undefined
  if (transferSyntaxUid === stored) return { transferSyntaxUid, transcode: asStored }
  const { instance } = found
  if (transferSyntaxUid === jpeg2000Lossless && stored === htj2kLosslessRpcl) {
    return { transferSyntaxUid, transcode: (frame) => transcodeToJpeg2000(frame, instance, context) }
  }
  if (transferSyntaxUid !== explicitVrLittleEndian) return undefined
  if (decodableTransferSyntaxes.has(stored)) {
    return { transferSyntaxUid, transcode: (frame) => transcodeToNative(frame, instance, context) }
  }
  return frameStorage(stored) === undefined ? { transferSyntaxUid: stored, transcode: asStored } : undefined
}

async function transcodeToJpeg2000(
  frame: FrameContent,
  instance: InstanceMetadata,
  context: OperationContext,
): Promise<FrameBytes> {
  const strips = await largeFrameStrips(frame, instance)
  if (strips !== undefined) return toJpeg2000File(strips, instance, context)
  const lease = await context.memory.take(isLargeFrame(instance) ? decodedByteLength(instance) : 0)
  try {
    return singleChunk(await toJpeg2000(await frame.copy(), context.decoder))
  } finally {
    lease.release()
  }
}

async function transcodeToNative(
  frame: FrameContent,
  instance: InstanceMetadata,
  context: OperationContext,
): Promise<FrameBytes> {
  const strips = await largeFrameStrips(frame, instance)
  if (strips !== undefined) {
    return { byteLength: decodedByteLength(instance), chunks: nativeStrips(strips, instance, context) }
  }
  const lease = await context.memory.take(isLargeFrame(instance) ? decodedByteLength(instance) : 0)
  try {
    return singleChunk(await toNative(frame, { instance, decoder: context.decoder }), () => lease.release())
  } catch (error) {
    lease.release()
    throw error
  }
}

function asStored(frame: FrameContent): Promise<FrameBytes> {
  return Promise.resolve({ byteLength: frame.byteLength, chunks: frame.stream() })
}

function singleChunk(bytes: Uint8Array, release: () => void = () => undefined): FrameBytes {
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    yield bytes
    release()
  }
  return { byteLength: bytes.byteLength, chunks: chunks() }
}
