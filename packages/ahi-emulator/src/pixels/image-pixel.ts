import { numberOfFrames, tags } from '@ahi-dicom/dicom-standard'
import { lookUpTag } from '@ahi-dicom/dicom-standard/dictionary'
import { type DataElement, type DataSet, plainText, unsignedShort } from '@ahi-dicom/dicom-standard/reader'
import { UnstorableFrameError } from './unstorable-frame-error.ts'

/** The Image Pixel Module (PS3.3 C.7.6.3): how the frames of an instance are laid out. */
export interface ImagePixel {
  readonly rows: number
  readonly columns: number
  readonly samplesPerPixel: number
  readonly photometricInterpretation: string
  /** True if an uncompressed frame is stored plane by plane. */
  readonly isPlanar: boolean
  readonly bitsAllocated: number
  readonly bitsStored: number
  readonly highBit: number
  readonly isSigned: boolean
  readonly numberOfFrames: number
}

/**
 * Reads the Image Pixel Module of an instance that has Pixel Data.
 * @throws {UnstorableFrameError} if a required element is missing or invalid
 */
export function readImagePixel(dataSet: DataSet): ImagePixel {
  const bitsAllocated = positive(dataSet, tags.bitsAllocated)
  const bitsStored = unsignedShort(dataSet.get(tags.bitsStored)) ?? bitsAllocated
  return {
    rows: positive(dataSet, tags.rows),
    columns: positive(dataSet, tags.columns),
    samplesPerPixel: dataSet.has(tags.samplesPerPixel) ? positive(dataSet, tags.samplesPerPixel) : 1,
    photometricInterpretation: plainText(dataSet.get(tags.photometricInterpretation)),
    isPlanar: unsignedShort(dataSet.get(tags.planarConfiguration)) === 1,
    bitsAllocated,
    bitsStored,
    highBit: unsignedShort(dataSet.get(tags.highBit)) ?? bitsStored - 1,
    isSigned: unsignedShort(dataSet.get(tags.pixelRepresentation)) === 1,
    numberOfFrames: framesOf(dataSet.get(tags.numberOfFrames)),
  }
}

function positive(dataSet: DataSet, tag: number): number {
  const value = unsignedShort(dataSet.get(tag))
  if (value !== undefined && value > 0) return value
  const why = value === 0 ? 'is 0' : 'does not exist'
  throw new UnstorableFrameError(`DICOM attribute ${lookUpTag(tag)?.keyword} ${why}`, { warning: 'OTHER' })
}

function framesOf(element: DataElement | undefined): number {
  const frames = numberOfFrames(plainText(element))
  if (frames !== undefined) return frames
  throw new UnstorableFrameError('DICOM attribute NumberOfFrames is not a positive number', {
    warning: 'FRAME_NUMBER_MISMATCH',
  })
}
