import { evenLength, sequenceDelimiter } from '@ahi-dicom/dicom-standard/part10'

import type { DataSet } from '../data-set/data-set.ts'
import { encapsulatedPixelDataStart, fragmentsLength } from '../part10/encapsulation.ts'
import { nativePixelDataHeader } from '../part10/native-pixel-data.ts'
import type { Part10Envelope } from '../part10/part10.ts'
import { numberOf, type PixelFormat, textOf } from '../pixels/pixel-module.ts'
import type { StoredForm } from '../frames/stored-form.ts'
import { tags } from '@ahi-dicom/dicom-standard'
import type { FileMeasure, InstanceEntry } from './dicom-instance.ts'
import { estimatedFrameByteLength, statedFrameLengths } from './frame-lengths.ts'

/** Returns the lengths of the stored frames, according to the document. */
export function storedLengths(entry: InstanceEntry): Pick<FileMeasure, 'storedFrameLengths' | 'areStoredLengthsExact'> {
  const stated = statedFrameLengths(entry.instance, false)
  if (stated !== undefined) return { storedFrameLengths: stated, areStoredLengthsExact: true }
  return { storedFrameLengths: estimatedLengths(entry), areStoredLengthsExact: false }
}

/**
 * Returns the lengths that the document gives. Documents of 2023 have lengths of decoded frames, which are rarely below
 * the stored ones.
 */
function estimatedLengths(entry: InstanceEntry): readonly number[] {
  const decoded = estimatedFrameByteLength(entry)
  return entry.instance.ImageFrames.map(({ FrameSizeInBytes: length }) => length ?? decoded)
}

/** Returns the bytes of a file without Pixel Data. */
export function envelopeLength({ head, tail }: Part10Envelope): number {
  return head.length + tail.length
}

/** Returns the bytes of a native Pixel Data element with a value of `byteLength` bytes. */
export function nativeElementLength(byteLength: number, { bitsAllocated }: Pick<PixelFormat, 'bitsAllocated'>): number {
  return nativePixelDataHeader(byteLength, bitsAllocated).length + evenLength(byteLength)
}

/** Returns the bytes of an encapsulated Pixel Data element with one fragment a frame and an offset table. */
export function encapsulatedElementLength(frameLengths: readonly number[]): number {
  const start = encapsulatedPixelDataStart(frameLengths).reduce((sum, { length }) => sum + length, 0)
  return start + fragmentsLength(frameLengths) + sequenceDelimiter.length
}

/** Returns the bytes of a video's Pixel Data element, which has these fragments and no offset table. */
export function videoElementLength(fragments: readonly number[]): number {
  const start = encapsulatedPixelDataStart([]).reduce((sum, { length }) => sum + length, 0)
  return start + fragmentsLength(fragments) + sequenceDelimiter.length
}

/** PhotometricInterpretations of an encoding. The code streams decide which one replaces them. */
const encodedPhotometrics: ReadonlySet<string | undefined> = new Set(['YBR_RCT', 'YBR_ICT'])

/**
 * Returns whether the length of the attributes is certain: no code stream that agrees with the document adds lossy
 * compression or changes the colour space.
 */
export function isSettled(dataSet: DataSet, { syntax }: StoredForm, isDecoded: boolean): boolean {
  const isColour = (numberOf(dataSet, tags.samplesPerPixel) ?? 1) > 1
  if (syntax.isNative) return true
  if (isDecoded)
    return (
      syntax.checksumBasis === 'decoded' && !encodedPhotometrics.has(textOf(dataSet, tags.photometricInterpretation))
    )
  if (isColour) return false
  return syntax.checksumBasis === 'decoded' || textOf(dataSet, tags.lossyImageCompression) === '01'
}
