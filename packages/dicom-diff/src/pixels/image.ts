import { numberOfFrames, tags } from '@ahi-dicom/dicom-standard'
import { plainText, unsignedShort, type FileElement } from '@ahi-dicom/dicom-standard/reader'

/** The Image Pixel Module (PS3.3 C.7.6.3) as a data set has it. */
export interface Image {
  readonly rows: number
  readonly columns: number
  readonly samplesPerPixel: number
  readonly photometricInterpretation: string
  /** True where an uncompressed frame has plane after plane. */
  readonly isPlanar: boolean
  readonly bitsAllocated: number
  readonly bitsStored: number
  readonly isSigned: boolean
  readonly frames: number
}

/** Reads what a data set says of its pixels; `undefined` if that does not describe an image. */
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

/** Whether two pixels share their chroma, as uncompressed 4:2:2 has it. */
export function isSubsampled({ photometricInterpretation, samplesPerPixel, bitsAllocated }: Image): boolean {
  return photometricInterpretation === 'YBR_FULL_422' && samplesPerPixel === 3 && bitsAllocated === 8
}

/** Returns the samples of a frame as they are stored without compression. */
export function storedSamples(image: Image): number {
  const pixels = image.rows * image.columns
  return isSubsampled(image) ? pixels * 2 : pixels * image.samplesPerPixel
}

/** Whether the same bytes are the same samples in both images. */
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
