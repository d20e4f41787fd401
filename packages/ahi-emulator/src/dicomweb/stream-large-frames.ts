import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { numberOfFrames, tags } from '@ahi-dicom/dicom-standard'
import { evenLength, longElementHeader, longestValueLength } from '@ahi-dicom/dicom-standard/part10'
import { explicitVrLittleEndian } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { decodedPhotometric, storedPhotometric } from '@ahi-dicom/dicomizer'
import { readFrameHeader, type Jpeg2000Header } from '@ahi-dicom/htj2k-decoder/headers'
import type { OperationContext } from '../operation/operation.ts'
import { codeStreamStrips, readStart } from '../pixels/code-stream-strips.ts'
import type { FrameContent } from '../store/frame-content.ts'
import { encapsulatedPixelData } from './encapsulated-pixel-data.ts'
import { hasFramesAsImported, storedTransferSyntax, type FoundInstance } from './find-instance.ts'
import type { FrameBytes } from './frame-bytes.ts'
import { frameTranscoder, type FrameTranscoder } from './frame-transcoder.ts'
import { instanceEnvelope } from './instance-envelope.ts'
import { isDescribed } from './native-frame.ts'
import { decodedByteLength, isLargeFrame } from './native-strips.ts'
import { requiredFrame } from './required-frame.ts'

/** Bytes that are read of a frame to parse its header. */
const headerLength = 4096

/**
 * Streams an instance with large frames that were transcoded at import, or are synthetic, without holding a whole
 * frame. Returns `undefined` if that is not possible. The caller then holds one frame in memory at a time.
 */
export async function streamLargeFrames(
  found: FoundInstance,
  transferSyntax: string,
  context: OperationContext,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  const { instance } = found
  if (!isLargeFrame(instance) || instance.DICOM['BitsAllocated'] === 1 || hasFramesAsImported(found)) return undefined
  if (numberOfFrames(instance.DICOM['NumberOfFrames']) !== instance.ImageFrames.length) return undefined
  const wanted = transferSyntax === '*' ? (storedTransferSyntax(found) ?? '') : transferSyntax
  const transcoder = frameTranscoder(found, wanted, context)
  if (transcoder === undefined || transcoder.transferSyntaxUid !== wanted) return undefined
  if (wanted === explicitVrLittleEndian && nativeByteLength(found) > longestValueLength) return undefined
  const frames = framesOf(found, context)
  const first = await commonHeader(frames, found, { isTakenApart: wanted !== storedTransferSyntax(found) })
  return first && streamFile(found, { transcoder, frames, first })
}

function nativeByteLength({ instance }: FoundInstance): number {
  return decodedByteLength(instance) * instance.ImageFrames.length
}

function framesOf({ metadata, instance }: FoundInstance, { store }: OperationContext): FrameContent[] {
  const { DatastoreID: datastoreId, ImageSetID: imageSetId } = metadata
  return instance.ImageFrames.map(({ ID: imageFrameId }) =>
    requiredFrame({ datastoreId, imageSetId, imageFrameId }, store),
  )
}

/**
 * Returns the header of the first frame, if all frames match the attributes and, where needed, can be split into
 * strips.
 */
async function commonHeader(
  frames: readonly FrameContent[],
  { instance }: FoundInstance,
  { isTakenApart }: { readonly isTakenApart: boolean },
): Promise<Jpeg2000Header | undefined> {
  const isSigned = Number(instance.DICOM['PixelRepresentation'] ?? 0) === 1
  let first: Jpeg2000Header | undefined
  for (const frame of frames) {
    const header = isTakenApart
      ? (await codeStreamStrips(frame))?.header
      : readFrameHeader(await readStart(frame, headerLength))
    if (header?.kind !== 'htj2k' && header?.kind !== 'jpeg2000') return undefined
    if (!isDescribed(header, instance) || header.isSigned !== isSigned) return undefined
    first ??= header
  }
  return first
}

interface LargeFile {
  readonly transcoder: FrameTranscoder
  readonly frames: readonly FrameContent[]
  readonly first: Jpeg2000Header
}

async function* streamFile(found: FoundInstance, { transcoder, frames, first }: LargeFile): AsyncGenerator<Uint8Array> {
  const { transferSyntaxUid, transcode } = transcoder
  const isNative = transferSyntaxUid === explicitVrLittleEndian
  const replaced = colourAttributes(found.instance.DICOM, first, isNative)
  const { head, tail } = instanceEnvelope(found, { transferSyntaxUid, replaced })
  async function* transcoded(): AsyncGenerator<FrameBytes> {
    for (const frame of frames) yield await transcode(frame)
  }
  yield head
  yield* isNative ? nativePixelData(found, transcoded()) : encapsulatedPixelData(transcoded())
  if (tail.byteLength > 0) yield tail
}

async function* nativePixelData(found: FoundInstance, frames: AsyncIterable<FrameBytes>): AsyncGenerator<Uint8Array> {
  const byteLength = nativeByteLength(found)
  const vr = Number(found.instance.DICOM['BitsAllocated']) > 8 ? 'OW' : 'OB'
  yield longElementHeader(tags.pixelData, vr, evenLength(byteLength))
  for await (const { chunks } of frames) yield* chunks
  if (byteLength % 2 === 1) yield new Uint8Array(1)
}

/**
 * Returns the colour attributes of the streamed file: colour by pixel, and the photometric interpretation of the
 * samples. The code stream's colour transform decides it (PS3.5 8.2.4).
 */
function colourAttributes(
  { PhotometricInterpretation: stated, SamplesPerPixel: samples = 1 }: AttributeMap,
  header: Jpeg2000Header,
  isNative: boolean,
): AttributeMap {
  if (samples === 1) return {}
  if (typeof stated !== 'string') return { PlanarConfiguration: 0 }
  const coding = { header, isAsImported: false }
  const photometric = isNative ? decodedPhotometric(stated, coding) : storedPhotometric(stated, coding)
  return { PlanarConfiguration: 0, PhotometricInterpretation: photometric ?? stated }
}
