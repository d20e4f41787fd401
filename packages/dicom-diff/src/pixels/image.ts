import { numberOfFrames, tags } from '@ahi-dicom/dicom-standard'
import { plainText, unsignedShort, type FileElement } from '@ahi-dicom/dicom-standard/reader'

/** The Image Pixel Module (PS3.3 C.7.6.3) of a data set. */
export interface Image {
  readonly rows: number
  readonly columns: number
  readonly samplesPerPixel: number
  readonly photometricInterpretation: string
  /** True if an uncompressed frame is stored plane after plane. */
  readonly isPlanar: boolean
  readonly bitsAllocated: number
  readonly bitsStored: number
  readonly isSigned: boolean
  readonly frames: number
}

/** Reads the description of the pixels in a data set. Returns `undefined` if it does not describe an image. */
export function readImage(dataSet: ReadonlyMap<number, FileElement>): Image | undefined {
  const short = (tag: number): number | undefined => unsignedShort(dataSet.get(tag))
  const rows = short(tags.rows) ?? 0
  const columns = short(tags.columns) ?? 0
  const bitsAllocated = short(tags.bitsAllocated) ?? 0
  const frames = numberOfFrames(plainText(dataSet.get(tags.numberOfFrames)))
  if (frames === undefined || Math.min(rows, columns, bitsAllocated) === 0) return undefined
  return {
    rows,
    columns,
    samplesPerPixel: short(tags.samplesPerPixel) ?? 1,
    photometricInterpretation: plainText(dataSet.get(tags.photometricInterpretation)),
    isPlanar: short(tags.planarConfiguration) === 1,
    bitsAllocated,
    bitsStored: short(tags.bitsStored) ?? bitsAllocated,
    isSigned: short(tags.pixelRepresentation) === 1,
    frames,
  }
}

/** Returns true if two pixels share their chroma, as in uncompressed 4:2:2. */
export function isSubsampled({ photometricInterpretation, samplesPerPixel, bitsAllocated }: Image): boolean {
  return photometricInterpretation === 'YBR_FULL_422' && samplesPerPixel === 3 && bitsAllocated === 8
}

/** Returns the number of samples of an uncompressed frame. */
export function storedSamples(image: Image): number {
  const pixels = image.rows * image.columns
  return isSubsampled(image) ? pixels * 2 : pixels * image.samplesPerPixel
}

/** Returns true if equal bytes mean equal samples in both images. */
export function isSameLayout(left: Image, right: Image): boolean {
  const names = [
    'rows',
    'columns',
    'samplesPerPixel',
    'photometricInterpretation',
    'isPlanar',
    'bitsAllocated',
  ] as const
  return left.isSigned === right.isSigned && names.every((name) => left[name] === right[name])
}
