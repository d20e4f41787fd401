// oxlint-disable-next-line typescript/triple-slash-reference -- packages that check these sources need the types, too
/// <reference path="./codec-charls.d.ts" />
import type { JpegLSDecoder } from '@cornerstonejs/codec-charls/decodewasmjs'
import { readCodeStreamEnd, type JpegHeader } from '@ahi-dicom/htj2k-decoder/headers'
import { FrameFailure } from './frame-failure.ts'
import { interleaved } from './native-frame.ts'
import { viewSamples, type SampleValues } from './samples.ts'

let loading: Promise<new () => JpegLSDecoder> | undefined

/** Decodes a JPEG-LS frame with CharLS. AHI stores no JPEG-LS, but originals may have it. */
export async function jpegLsSamples(frame: Uint8Array, header: JpegHeader): Promise<SampleValues> {
  if (readCodeStreamEnd(frame)?.isMissing !== false) throw damaged('it has no end marker')
  loading ??= loadDecoder()
  const Decoder = await loading
  const decoder = new Decoder()
  try {
    decoder.getEncodedBuffer(frame.byteLength).set(frame)
    decode(decoder)
    return samplesOf(decoder, header)
  } finally {
    decoder.delete()
  }
}

async function loadDecoder(): Promise<new () => JpegLSDecoder> {
  const { default: createModule } = await import('@cornerstonejs/codec-charls/decodewasmjs')
  const { JpegLSDecoder: Decoder } = await createModule({ print: () => undefined, printErr: () => undefined })
  return Decoder
}

/** Decodes the buffer. C++ exceptions arrive as numbers. */
function decode(decoder: JpegLSDecoder): void {
  try {
    decoder.decode()
  } catch (cause) {
    throw damaged('the codec failed', cause)
  }
}

function samplesOf(decoder: JpegLSDecoder, header: JpegHeader): SampleValues {
  const { width, height, components, bitsPerSample } = header
  const found = decoder.getFrameInfo()
  const bytes = decoder.getDecodedBuffer().slice()
  const byteWidth = bitsPerSample <= 8 ? 1 : 2
  const matchesHeader = found.width === width && found.height === height && found.componentCount === components
  if (!matchesHeader || bytes.byteLength !== width * height * components * byteWidth)
    throw damaged('it has another size')
  const isByPlane = components > 1 && header.scanComponents === 1
  const values = viewSamples(isByPlane ? interleaved(bytes, components, byteWidth) : bytes, byteWidth, false)
  if (values === undefined) throw damaged('it has no samples')
  return values
}

function damaged(why: string, cause?: unknown): FrameFailure {
  return new FrameFailure('FRAME_DAMAGED', `a JPEG-LS frame cannot be decoded: ${why}`, { cause })
}
