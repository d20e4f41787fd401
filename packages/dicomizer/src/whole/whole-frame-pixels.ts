import { readFrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
import { decodedPhotometric, photometricOf } from '../pixels/photometric-interpretation.ts'
import { frameChecksum } from '@ahi-dicom/ahi-metadata'

import { unpackBits } from '../pixels/bit-packing.ts'
import { FrameChecksumError, FrameDecodeError, UnsupportedTransferSyntaxError, type FrameIdentity } from '../errors.ts'
import { expectedChecksum, type ExpectedFrames } from './expected-frames.ts'
import { requireDecodedFrame } from '../frames/reader-answers.ts'
import { requireAgreement } from '../pixels/frame-agreement.ts'
import { conformSamples } from '../pixels/conform-samples.ts'
import { frameComparison, type WholeFrameDecoder } from './frame-comparison.ts'
import type { FrameLayout } from './frame-layout.ts'
import type { DecodedFrame } from '@ahi-dicom/htj2k-decoder'
import { pixelArray } from '../pixels/pixel-array.ts'
import type { PixelArray } from '@ahi-dicom/dicom-standard'
import { numberOf, pixelFormat, samplesPerFrame, type PixelFormat } from '../pixels/pixel-module.ts'
import { tags } from '@ahi-dicom/dicom-standard'
import { explicitVrBigEndian } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import type { StoredSyntax } from '../frames/transfer-syntax.ts'
import type { PixelDataStart } from './whole-file.ts'

/** A frame in the file of its instance. */
export interface WholeFrame {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly pixelData: PixelDataStart & { readonly layout: FrameLayout }
}

/** The samples of a frame, and their PhotometricInterpretation according to the file and the code stream. */
export interface WholePixels {
  readonly pixels: PixelArray
  readonly photometric: string | undefined
}

interface PixelsOptions {
  readonly frame: FrameIdentity
  readonly expected: ExpectedFrames
  /** Transfer syntax of the frames in AHI. */
  readonly stored: StoredSyntax
  readonly decoder: WholeFrameDecoder | undefined
  readonly signal: AbortSignal | undefined
  /** Called with whether the frame matches a checksum. */
  readonly onFrame: (isVerified: boolean) => void
}

/**
 * Returns the samples of a frame, colour by pixel. Verifies them if the document has a checksum that can be compared.
 *
 * @throws {UnsupportedTransferSyntaxError} if no decoder takes the code stream, or if the samples are big endian
 * @throws {FrameChecksumError} if the frame does not match its checksum
 * @throws {FrameDecodeError} if the frame does not decode
 * @throws {FrameMismatchError} if the frame contradicts the attributes of the file
 */
export async function wholeFramePixels({ bytes, pixelData }: WholeFrame, options: PixelsOptions): Promise<WholePixels> {
  const { frame, expected, stored, decoder, onFrame } = options
  const { file, layout } = pixelData
  const transferSyntaxUid = file.transferSyntaxUid()
  const dataSet = file.dataSet()
  const stated = photometricOf(dataSet)
  const comparison = frameComparison({ layout, transferSyntaxUid, dataSet, expected, stored, decoder })
  const isNative = layout.kind === 'native'
  if (isNative ? transferSyntaxUid === explicitVrBigEndian : decoder?.decodes(transferSyntaxUid) !== true) {
    throw new UnsupportedTransferSyntaxError(expected, transferSyntaxUid, 'pixels')
  }
  if (comparison === 'bytes') verify(options, [bytes, ...(isNative ? [] : [bytes.subarray(0, -1)])].map(frameChecksum))
  const isVerified = comparison !== 'none' && expectedChecksum(expected, frame.frameIndex) !== undefined
  if (isNative) {
    onFrame(isVerified)
    const isPlanar = numberOf(dataSet, tags.planarConfiguration) === 1
    return { pixels: nativePixels(bytes, layout, { frame, isPlanar }), photometric: stated }
  }
  const format = pixelFormat(dataSet, expected)
  const decoded = await decode(bytes, options)
  if (comparison === 'pixels') verify(options, [decoded.checksum])
  requireAgreement(decoded, format, { frame, isVerified, isFirstSigned: decoded.isSigned })
  onFrame(isVerified)
  const isAsImported = expected.frames.length === 0 || stored.checksumBasis === 'encoded'
  const photometric = decodedPhotometric(stated, { header: readFrameHeader(bytes), isAsImported })
  return { pixels: pixelArray(conformSamples(decoded, format), format), photometric }
}

function verify({ frame, expected }: PixelsOptions, actual: readonly number[]): void {
  const checksum = expectedChecksum(expected, frame.frameIndex)
  if (checksum === undefined || actual.includes(checksum)) return
  throw new FrameChecksumError(frame, { expected: checksum, actual: actual[0] ?? 0 })
}

async function decode(
  bytes: Uint8Array<ArrayBuffer>,
  { decoder, frame, signal }: PixelsOptions,
): Promise<DecodedFrame> {
  if (decoder === undefined) throw new TypeError('Expected the `frameReader` option to have `decode`')
  try {
    return requireDecodedFrame(await decoder.decode(bytes, { signal }), `frame ${frame.frameIndex + 1}`)
  } catch (cause) {
    signal?.throwIfAborted()
    throw new FrameDecodeError(frame, cause)
  }
}

function nativePixels(
  bytes: Uint8Array<ArrayBuffer>,
  { format, bitsPerFrame }: FrameLayout & { readonly kind: 'native' },
  { frame, isPlanar }: { readonly frame: FrameIdentity; readonly isPlanar: boolean },
): PixelArray {
  if (format.bitsAllocated === 1) {
    return unpackBits(bytes, samplesPerFrame(format), (frame.frameIndex * bitsPerFrame) % 8)
  }
  return pixelArray(isPlanar && format.samplesPerPixel > 1 ? byPixel(bytes, format) : bytes, format)
}

/** Returns samples that were colour by plane (PlanarConfiguration 1) as colour by pixel (PS3.3 C.7.6.3.1.3). */
function byPixel(bytes: Uint8Array, { samplesPerPixel, bitsAllocated }: PixelFormat): Uint8Array<ArrayBuffer> {
  const width = bitsAllocated / 8
  const pixels = bytes.length / width / samplesPerPixel
  const interleaved = new Uint8Array(bytes.length)
  for (let plane = 0; plane < samplesPerPixel; plane += 1) {
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      const from = (plane * pixels + pixel) * width
      interleaved.set(bytes.subarray(from, from + width), (pixel * samplesPerPixel + plane) * width)
    }
  }
  return interleaved
}
