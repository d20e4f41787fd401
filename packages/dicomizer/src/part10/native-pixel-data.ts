import { tags } from '@ahi-dicom/dicom-standard'
import { evenLength, longElementHeader } from '@ahi-dicom/dicom-standard/part10'

/**
 * Returns the header of a native Pixel Data element in Explicit VR: OW if more than 8 bits are allocated, else OB
 * (PS3.5 A.2).
 */
export function nativePixelDataHeader(byteLength: number, bitsAllocated: number): Uint8Array<ArrayBuffer> {
  return longElementHeader(tags.pixelData, bitsAllocated > 8 ? 'OW' : 'OB', evenLength(byteLength))
}
