import {
  explicitVrLittleEndian,
  htj2kLosslessRpcl,
  jpeg2000Lossless,
} from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { decodableTransferSyntaxes } from '@ahi-dicom/dicomizer'
import type { FrameDecoder } from '@ahi-dicom/dicomizer'
import { frameStorage } from '../pixels/frame-storage.ts'
import type { FrameContent } from '../store/frame-content.ts'
import { storedTransferSyntax } from './find-instance.ts'
import type { FoundInstance } from './find-instance.ts'
import { toJpeg2000 } from './jpeg2000-frames.ts'
import { toNative } from './native-frame.ts'

/** The bytes of a frame as they are sent. */
export interface FrameBytes {
  readonly byteLength: number
  readonly chunks: AsyncIterable<Uint8Array>
}

/** Makes frames of a transfer syntax of the stored ones. */
export interface FrameTranscoder {
  readonly transferSyntaxUid: string
  readonly transcode: (frame: FrameContent) => Promise<FrameBytes>
}

/**
 * What makes frames of a transfer syntax of the stored ones; `undefined` where they are not to be had in it. Frames of a
 * syntax that the service does not know stay as they are where uncompressed ones are wanted.
 */
export function frameTranscoder(
  found: FoundInstance,
  transferSyntaxUid: string,
  decoder: FrameDecoder,
): FrameTranscoder | undefined {
  const stored = storedTransferSyntax(found)
  if (stored === undefined) return undefined
  if (transferSyntaxUid === stored) return { transferSyntaxUid, transcode: asStored }
  if (transferSyntaxUid === jpeg2000Lossless && stored === htj2kLosslessRpcl) {
    return { transferSyntaxUid, transcode: async (frame) => whole(await toJpeg2000(await frame.copy(), decoder)) }
  }
  if (transferSyntaxUid !== explicitVrLittleEndian) return undefined
  const { instance } = found
  if (decodableTransferSyntaxes.has(stored)) {
    return { transferSyntaxUid, transcode: async (frame) => whole(await toNative(frame, { instance, decoder })) }
  }
  return frameStorage(stored) === undefined ? { transferSyntaxUid: stored, transcode: asStored } : undefined
}

function asStored(frame: FrameContent): Promise<FrameBytes> {
  return Promise.resolve({ byteLength: frame.byteLength, chunks: frame.stream() })
}

function whole(bytes: Uint8Array): FrameBytes {
  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    yield bytes
  }
  return { byteLength: bytes.byteLength, chunks: chunks() }
}
