import { jpeg2000Lossless } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import type { DecodedFrame, FrameDecoder, FrameSource } from '@ahi-dicom/dicomizer'
import type { FrameToEncode } from '../pixels/frame-encoding.ts'
import type { RequestMemory } from '../operation/byte-budget.ts'
import { encodeJpeg2000 } from '../pixels/jpeg2000-encoder.ts'

interface TranscodingOptions {
  readonly decoder: FrameDecoder
  readonly memory: RequestMemory
  /** What a decoded frame takes of the memory for large frames. */
  readonly largeBytes: number
}

/** Gives the frames of a source in JPEG 2000 lossless (.90), each transcoded when it is asked for. */
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

/** Encodes a stored frame as JPEG 2000 lossless. */
export async function toJpeg2000(
  data: Uint8Array<ArrayBuffer>,
  decoder: FrameDecoder,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  return encodeJpeg2000(toEncode(await decoder.decode(data, { signal })))
}

/** Returns a decoded frame, or a part of one, as the encoder takes it. */
export function toEncode({ components, bitsPerSample, isSigned, ...frame }: DecodedFrame): FrameToEncode {
  const useColourTransform = components === 3 && bitsPerSample <= 8 && !isSigned
  return { ...frame, components, bitsPerSample, isSigned, useColourTransform }
}

/** The metadata of an instance whose frames come from {@link jpeg2000Frames}. */
export function asJpeg2000(instance: InstanceMetadata): InstanceMetadata {
  return { ...instance, StoredTransferSyntaxUID: jpeg2000Lossless }
}
