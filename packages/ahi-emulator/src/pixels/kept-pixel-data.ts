import { tags } from '@ahi-dicom/dicom-standard'
import { itemHeader, sequenceDelimiter } from '@ahi-dicom/dicom-standard/part10'
import { explicitVrLittleEndian } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { type Part10File, swapBytes, unsignedShort } from '@ahi-dicom/dicom-standard/reader'

/** Pixel Data as one piece, where no frames can be made of it. */
export interface KeptPixelData {
  /** Of the file where the pixel data is encapsulated, else Explicit VR Little Endian. */
  readonly transferSyntaxUid: string
  readonly vr: 'OB' | 'OW'
  readonly isEncapsulated: boolean
  /** The value field, in pieces: items and their delimiter where it is encapsulated. */
  readonly pieces: readonly Uint8Array[]
}

/** Takes the Pixel Data of a file as it is, little endian. */
export function keptPixelData({ dataSet, transferSyntaxUid }: Part10File): KeptPixelData {
  const pixelData = dataSet.get(tags.pixelData)
  if (pixelData === undefined) throw new TypeError('Expected a file with Pixel Data')
  if (pixelData.fragments !== undefined) {
    const items = pixelData.fragments.flatMap((fragment) => [itemHeader(fragment.byteLength), fragment])
    return { transferSyntaxUid, vr: 'OB', isEncapsulated: true, pieces: [...items, sequenceDelimiter] }
  }
  const unit = (unsignedShort(dataSet.get(tags.bitsAllocated)) ?? 8) / 8
  const vr = pixelData.vr === 'OB' ? 'OB' : 'OW'
  // Words of OW are swapped, and wider samples as such (PS3.5 7.3).
  const swapped = unit === 4 || unit === 8 ? unit : vr === 'OW' ? 2 : 1
  const value = pixelData.isBigEndian && swapped > 1 ? swapBytes(pixelData.value, swapped) : pixelData.value
  return { transferSyntaxUid: explicitVrLittleEndian, vr, isEncapsulated: false, pieces: [value] }
}
