import { tags } from '@ahi-dicom/dicom-standard'
import { itemHeader, sequenceDelimiter } from '@ahi-dicom/dicom-standard/part10'
import { explicitVrLittleEndian } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { type Part10File, swapBytes, unsignedShort } from '@ahi-dicom/dicom-standard/reader'

/** Pixel Data in one piece, because it cannot be split into frames. */
export interface KeptPixelData {
  /** The file's transfer syntax if the pixel data is encapsulated, otherwise Explicit VR Little Endian. */
  readonly transferSyntaxUid: string
  readonly vr: 'OB' | 'OW'
  readonly isEncapsulated: boolean
  /** The value field in pieces. For encapsulated pixel data, these are the items and the sequence delimiter. */
  readonly pieces: readonly Uint8Array[]
}

/** Returns the Pixel Data of a file unchanged, in little endian. */
export function keptPixelData({ dataSet, transferSyntaxUid }: Part10File): KeptPixelData {
  const pixelData = dataSet.get(tags.pixelData)
  if (pixelData === undefined) throw new TypeError('Expected a file with Pixel Data')
  if (pixelData.fragments !== undefined) {
    const items = pixelData.fragments.flatMap((fragment) => [itemHeader(fragment.byteLength), fragment])
    return { transferSyntaxUid, vr: 'OB', isEncapsulated: true, pieces: [...items, sequenceDelimiter] }
  }
  const unit = (unsignedShort(dataSet.get(tags.bitsAllocated)) ?? 8) / 8
  const vr = pixelData.vr === 'OB' ? 'OB' : 'OW'
  // In big endian, OW is swapped in 16-bit words, or in whole samples if they are wider (PS3.5 7.3).
  const swapped = unit === 4 || unit === 8 ? unit : vr === 'OW' ? 2 : 1
  const value = pixelData.isBigEndian && swapped > 1 ? swapBytes(pixelData.value, swapped) : pixelData.value
  return { transferSyntaxUid: explicitVrLittleEndian, vr, isEncapsulated: false, pieces: [value] }
}
