import { jpeg2000Lossless } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import type { FrameDecoder, FrameSource } from '@ahi-dicom/dicomizer'
import { encodeJpeg2000 } from '../pixels/jpeg2000-encoder.ts'

/** The frames of a source in JPEG 2000 lossless (.90), each transcoded when it is asked for. */
export function jpeg2000Frames(source: FrameSource, decoder: FrameDecoder): FrameSource {
  return {
    async getImageFrame(request) {
      const { data } = await source.getImageFrame(request)
      return { data: await toJpeg2000(data, decoder, request.signal) }
    },
  }
}

/** Encodes a stored frame as JPEG 2000 lossless. */
export async function toJpeg2000(
  data: Uint8Array<ArrayBuffer>,
  decoder: FrameDecoder,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const { components, bitsPerSample, isSigned, ...frame } = await decoder.decode(data, { signal })
  const useColourTransform = components === 3 && bitsPerSample <= 8 && !isSigned
  return encodeJpeg2000({ ...frame, components, bitsPerSample, isSigned, useColourTransform })
}

/** The metadata of an instance whose frames come from {@link jpeg2000Frames}. */
export function asJpeg2000(instance: InstanceMetadata): InstanceMetadata {
  return { ...instance, StoredTransferSyntaxUID: jpeg2000Lossless }
}
