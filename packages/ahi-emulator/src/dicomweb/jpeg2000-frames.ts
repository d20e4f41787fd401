import { jpeg2000Lossless } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import type { DecodedFrame, FrameDecoder, FrameSource } from '@ahi-dicom/dicomizer'
import type { FrameToEncode } from '../pixels/frame-encoding.ts'
import type { RequestMemory } from '../operation/byte-budget.ts'
import { encodeJpeg2000 } from '../pixels/jpeg2000-encoder.ts'

interface TranscodingOptions {
  readonly decoder: FrameDecoder
  readonly memory: RequestMemory
  /** Bytes that a decoded frame takes from the memory for large frames. 0 for small frames. */
  readonly largeBytes: number
}

/**
 * Returns a source that transcodes the frames of another source to JPEG 2000 lossless (.90), each when it is requested.
 */
export function jpeg2000Frames(source: FrameSource, { decoder, memory, largeBytes }: TranscodingOptions): FrameSource {
  return {
    async getImageFrame(request) {
      const lease = await memory.take(largeBytes)
      try {
        const { data } = await source.getImageFrame(request)
        return { data: await toJpeg2000(data, decoder, request.signal) }
      } finally {
        lease.release()
      }
    },
  }
}

/** Transcodes a stored frame to JPEG 2000 lossless (.90). */
export async function toJpeg2000(
  data: Uint8Array<ArrayBuffer>,
  decoder: FrameDecoder,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  return encodeJpeg2000(toEncode(await decoder.decode(data, { signal })))
}

/** Returns a decoded frame, or a strip of one, in the form that the encoder expects. */
export function toEncode({ components, bitsPerSample, isSigned, ...frame }: DecodedFrame): FrameToEncode {
  const useColourTransform = components === 3 && bitsPerSample <= 8 && !isSigned
  return { ...frame, components, bitsPerSample, isSigned, useColourTransform }
}

/** Returns the metadata of an instance whose frames come from {@link jpeg2000Frames}. */
export function asJpeg2000(instance: InstanceMetadata): InstanceMetadata {
  return { ...instance, StoredTransferSyntaxUID: jpeg2000Lossless }
}
