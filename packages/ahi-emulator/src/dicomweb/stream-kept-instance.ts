import { tags } from '@ahi-dicom/dicom-standard'
import { evenLength, longElementHeader, undefinedLength } from '@ahi-dicom/dicom-standard/part10'
import type { StoredPixelData } from '../store/kept-pixel-data.ts'
import type { Store } from '../store/store.ts'
import type { FoundInstance } from './find-instance.ts'
import { instanceEnvelope } from './instance-envelope.ts'

/** Streams an instance whose pixel data is kept in one piece, exactly as it was imported. */
export async function* streamKeptInstance(
  found: FoundInstance,
  pixelData: StoredPixelData,
  store: Store,
): AsyncGenerator<Uint8Array> {
  const { head, tail } = instanceEnvelope(found, { transferSyntaxUid: pixelData.transferSyntaxUid })
  const { vr, byteLength, isEncapsulated } = pixelData
  yield head
  yield longElementHeader(tags.pixelData, vr, isEncapsulated ? undefinedLength : evenLength(byteLength))
  yield* store.streamPack(pixelData)
  if (!isEncapsulated && byteLength % 2 === 1) yield new Uint8Array(1)
  if (tail.byteLength > 0) yield tail
}
