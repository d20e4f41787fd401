import type { DataElement, DataSet } from '../dicom/data-element.ts'
import { plainText, unsignedShort } from '../dicom/element-values.ts'
import { Tag } from '../dicom/tags.ts'
import { UnstorableFrameError } from './unstorable-frame-error.ts'

/** The Image Pixel Module (PS3.3 C.7.6.3): how the frames of an instance are laid out. */
export interface ImagePixel {
  readonly rows: number
  readonly columns: number
  readonly samplesPerPixel: number
  readonly photometricInterpretation: string
  /** True where an uncompressed frame has plane after plane. */
  readonly isPlanar: boolean
  readonly bitsAllocated: number
  readonly bitsStored: number
  readonly highBit: number
  readonly isSigned: boolean
  readonly numberOfFrames: number
}

/**
 * Reads the Image Pixel Module of an instance that has Pixel Data.
 * @throws {UnstorableFrameError} where an element is missing without which frames cannot be read
 */
export function readImagePixel(dataSet: DataSet): ImagePixel {
  const bitsAllocated = positive(dataSet, 'BitsAllocated')
  const bitsStored = unsignedShort(dataSet.get(Tag.BitsStored)) ?? bitsAllocated
  return {
    rows: positive(dataSet, 'Rows'),
    columns: positive(dataSet, 'Columns'),
    samplesPerPixel: dataSet.has(Tag.SamplesPerPixel) ? positive(dataSet, 'SamplesPerPixel') : 1,
    photometricInterpretation: plainText(dataSet.get(Tag.PhotometricInterpretation)),
    isPlanar: unsignedShort(dataSet.get(Tag.PlanarConfiguration)) === 1,
    bitsAllocated,
    bitsStored,
    highBit: unsignedShort(dataSet.get(Tag.HighBit)) ?? bitsStored - 1,
    isSigned: unsignedShort(dataSet.get(Tag.PixelRepresentation)) === 1,
    numberOfFrames: numberOfFrames(dataSet.get(Tag.NumberOfFrames)),
  }
}

const otherWarning = { warning: 'OTHER' } as const

function positive(dataSet: DataSet, keyword: 'BitsAllocated' | 'Rows' | 'Columns' | 'SamplesPerPixel'): number {
  const value = unsignedShort(dataSet.get(Tag[keyword]))
  if (value === undefined) throw new UnstorableFrameError(`DICOM attribute ${keyword} does not exist`, otherWarning)
  if (value === 0) throw new UnstorableFrameError(`DICOM attribute ${keyword} is 0`, otherWarning)
  return value
}

function numberOfFrames(element: DataElement | undefined): number {
  const text = plainText(element).trim()
  if (text === '') return 1
  if (!/^\+?\d{1,9}$/.test(text) || Number(text) === 0) {
    throw new UnstorableFrameError('DICOM attribute NumberOfFrames is not a positive number', {
      warning: 'FRAME_NUMBER_MISMATCH',
    })
  }
  return Number(text)
}
