import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { crc32 } from 'node:zlib'
import { decodableTransferSyntaxes, type DecodedFrame, type FrameDecoder } from '@ahi-dicom/dicomizer'
import type { LaneModule } from '@ahi-dicom/exporter'
import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { readFrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
import createCodec, { type DecoderModule, type JpegXlDecoder } from '@cornerstonejs/codec-libjxl/decodewasmjs'

/** The transfer syntax of JPEG XL. AHI stores such frames unchanged. */
const jpegXl = '1.2.840.10008.1.2.4.112'

/** For the `frameDecoder` option of an exporter: each of its threads loads this module and makes a decoder. */
export const jpegXlDecoder: LaneModule = { module: import.meta.url, options: undefined }

/** Makes a decoder of JPEG XL and of what the product decodes anyway. The exporter calls this by its name. */
export async function createFrameDecoder(): Promise<FrameDecoder> {
  const wasmUrl = import.meta.resolve('@cornerstonejs/codec-libjxl/decodewasm')
  const codec = await createCodec({ wasmBinary: await readFile(fileURLToPath(wasmUrl)) })
  return {
    decodes: (transferSyntaxUid) => transferSyntaxUid === jpegXl || decodableTransferSyntaxes.has(transferSyntaxUid),
    async decode(codeStream) {
      const isJpegXl = readFrameHeader(codeStream)?.kind === 'jpeg-xl'
      return isJpegXl ? decodeJpegXl(codec, codeStream) : await decodeFrame(codeStream)
    },
  }
}

function decodeJpegXl(codec: DecoderModule, codeStream: Uint8Array): DecodedFrame {
  const decoder = new codec.JpegXLDecoder()
  try {
    decoder.getEncodedBuffer(codeStream.byteLength).set(codeStream)
    run(codec, decoder)
    const { width, height, componentCount: components, bitsPerSample, isSigned } = decoder.getFrameInfo()
    // A copy: the codec uses its memory again.
    const pixels = new Uint8Array(decoder.getDecodedBuffer())
    return { width, height, components, bitsPerSample, isSigned, pixels, checksum: crc32(pixels) }
  } finally {
    decoder.delete()
  }
}

/** C++ throws the address of its exception. */
function run(codec: DecoderModule, decoder: JpegXlDecoder): void {
  try {
    decoder.decode()
  } catch (thrown) {
    if (typeof thrown !== 'number') throw thrown
    const [type, message] = codec.getExceptionMessage(thrown)
    codec.decrementExceptionRefcount(thrown)
    throw new Error(`Cannot decode JPEG XL: ${message || type}`, { cause: thrown })
  }
}
