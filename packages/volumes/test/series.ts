import type { PixelArray } from '@ahi-dicom/dicom-standard'
import type { VolumeInstance } from '@ahi-dicom/volumes'
import { attributesOf, type Attributes } from '../../renderer/test/picture-source-double.ts'

type Numbers = readonly [number, number, number]

/** A series whose slices lie as these options say. */
export interface SeriesOptions {
  /** ImagePositionPatient of each slice. */
  readonly positions: readonly Numbers[]
  readonly orientation?: readonly number[]
  readonly pixelSpacing?: readonly [number, number]
  readonly rows?: number
  readonly columns?: number
  readonly seriesInstanceUid?: string
  /** Attributes that differ from slice to slice. */
  readonly own?: (slice: number) => Attributes
}

export const axial = [1, 0, 0, 0, 1, 0] as const

/** Positions at equal distances. */
export function stack(count: number, origin: Numbers, step: Numbers): Numbers[] {
  return Array.from({ length: count }, (_, k) => [
    origin[0] + k * step[0],
    origin[1] + k * step[1],
    origin[2] + k * step[2],
  ])
}

/** A series of single-frame CT images. The sample at column i and row j of slice k is 1000 k + 10 j + i. */
export function seriesOf(options: SeriesOptions): VolumeInstance[] {
  const {
    positions,
    orientation = axial,
    pixelSpacing = [0.5, 0.75],
    rows = 3,
    columns = 4,
    own = () => ({}),
  } = options
  return positions.map((position, k) => {
    const attributes: Attributes = {
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
      Modality: 'CT',
      ImagePositionPatient: position,
      ImageOrientationPatient: orientation,
      PixelSpacing: pixelSpacing,
      Rows: rows,
      Columns: columns,
      BitsAllocated: 16,
      BitsStored: 16,
      HighBit: 15,
      PixelRepresentation: 1,
      SamplesPerPixel: 1,
      PhotometricInterpretation: 'MONOCHROME2',
      RescaleSlope: 1,
      RescaleIntercept: -1024,
      InstanceNumber: k + 1,
      ...own(k),
    }
    const { Rows, Columns } = attributes
    const samples = rampSamples(Number(Rows), Number(Columns), 1000 * k)
    return instanceOf([samples], attributes, {
      sopInstanceUid: uidOf(k),
      seriesInstanceUid: options.seriesInstanceUid ?? '1.2.3',
    })
  })
}

/** The SOPInstanceUID of a slice of {@link seriesOf}. */
export function uidOf(slice: number): string {
  return `1.2.3.${slice + 1}`
}

/** Samples that tell where they are. */
export function rampSamples(rows: number, columns: number, base: number): Int16Array {
  return Int16Array.from({ length: rows * columns }, (_, at) => base + 10 * Math.floor(at / columns) + (at % columns))
}

/** An instance whose frames are these. */
export function instanceOf(
  frames: readonly PixelArray[],
  attributes: Attributes,
  { sopInstanceUid = '1.2.3.1', seriesInstanceUid = '1.2.3' } = {},
): VolumeInstance {
  return {
    sopInstanceUid,
    seriesInstanceUid,
    pictureCount: frames.length,
    attributes: attributesOf(attributes),
    async frame(index) {
      const frame = frames[index]
      if (frame === undefined) throw new Error(`no frame ${index}`)
      return frame
    },
  }
}
