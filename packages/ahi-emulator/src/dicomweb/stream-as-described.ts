import { tags } from '@ahi-dicom/dicom-standard'
import { evenLength, longElementHeader } from '@ahi-dicom/dicom-standard/part10'
import { explicitVrLittleEndian } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import type { FrameContent } from '../store/frame-content.ts'
import type { Store } from '../store/store.ts'
import { encapsulatedPixelData } from './encapsulated-pixel-data.ts'
import { storedTransferSyntax, type FoundInstance } from './find-instance.ts'
import { instanceEnvelope } from './instance-envelope.ts'
import { requiredFrame } from './required-frame.ts'

/** Streams an instance with its stored frames and attributes unchanged, even if they do not match. */
export async function* streamAsDescribed(found: FoundInstance, store: Store): AsyncGenerator<Uint8Array> {
  const { metadata, instance } = found
  const frames = instance.ImageFrames.map(({ ID: imageFrameId }) =>
    requiredFrame({ datastoreId: metadata.DatastoreID, imageSetId: metadata.ImageSetID, imageFrameId }, store),
  )
  const transferSyntaxUid = storedTransferSyntax(found) ?? explicitVrLittleEndian
  const { head, tail } = instanceEnvelope(found, { transferSyntaxUid })
  yield head
  if (transferSyntaxUid === explicitVrLittleEndian) yield* nativePixelData(frames)
  else yield* encapsulatedPixelData(frames.map((frame) => ({ byteLength: frame.byteLength, chunks: frame.stream() })))
  if (tail.byteLength > 0) yield tail
}

async function* nativePixelData(frames: readonly FrameContent[]): AsyncGenerator<Uint8Array> {
  const byteLength = frames.reduce((sum, frame) => sum + frame.byteLength, 0)
  yield longElementHeader(tags.pixelData, 'OW', evenLength(byteLength))
  for (const frame of frames) yield* frame.stream()
  if (byteLength % 2 === 1) yield new Uint8Array(1)
}
