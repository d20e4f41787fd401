import { tags } from '@ahi-dicom/dicom-standard'
import { evenLength, longElementHeader } from '@ahi-dicom/dicom-standard/part10'

/** The header of a native Pixel Data element of Explicit VR: OW above 8 bits allocated, OB otherwise (PS3.5 A.2). */
export function nativePixelDataHeader(byteLength: number, bitsAllocated: number): Uint8Array<ArrayBuffer> {
  return longElementHeader(tags.pixelData, bitsAllocated > 8 ? 'OW' : 'OB', evenLength(byteLength))
}
