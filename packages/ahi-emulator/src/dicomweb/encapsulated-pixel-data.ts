import { tags } from '@ahi-dicom/dicom-standard'
import {
  evenLength,
  itemHeader,
  longElementHeader,
  sequenceDelimiter,
  undefinedLength,
} from '@ahi-dicom/dicom-standard/part10'
import type { FrameBytes } from './frame-bytes.ts'

/**
 * Streams an encapsulated Pixel Data element with one fragment per frame and an empty Basic Offset Table (PS3.5 A.4).
 */
export async function* encapsulatedPixelData(
  frames: Iterable<FrameBytes> | AsyncIterable<FrameBytes>,
): AsyncGenerator<Uint8Array> {
  yield longElementHeader(tags.pixelData, 'OB', undefinedLength)
  yield itemHeader(0)
  for await (const { byteLength, chunks } of frames) {
    yield itemHeader(evenLength(byteLength))
    yield* chunks
    if (byteLength % 2 === 1) yield new Uint8Array(1)
  }
  yield sequenceDelimiter
}
