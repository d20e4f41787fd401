import { planVolumes, type PlannedVolume } from '@ahi-dicom/volumes'
import type { Attributes } from '../../renderer/test/picture-source-double.ts'
import { segmentationOf } from './multi-frame.ts'
import { instanceOf, seriesOf, stack } from './series.ts'

/** Plans the first volume of instances. */
export function planned(...parameters: Parameters<typeof planVolumes>): PlannedVolume {
  const [volume] = planVolumes(...parameters)
  if (volume === undefined) throw new Error('expected a volume')
  return volume
}

const cos = Math.sqrt(0.75)
/** An oblique series of four slices. */
export const oblique = { orientation: [0.8, 0.6, 0, 0, 0, -1], positions: stack(4, [1, 2, 3], [-1.2, 1.6, 0]) }
const colours = {
  ImagePositionPatient: [0, 0, 0],
  ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
  PixelSpacing: [1, 1],
  SliceThickness: 1,
  Rows: 1,
  Columns: 2,
  SamplesPerPixel: 3,
  PhotometricInterpretation: 'RGB',
}

/** One instance of two pixels in colour. */
export function colourInstance(bits: 8 | 16): ReturnType<typeof instanceOf> {
  const samples = [1, 2, 3, 4, 5, 6]
  const pixels = bits === 8 ? Uint8Array.from(samples) : Uint16Array.from(samples)
  return instanceOf([pixels], { ...colours, BitsAllocated: bits, BitsStored: bits, HighBit: bits - 1 })
}

function pet(k: number): Attributes {
  return { Modality: 'PT', Units: 'BQML', RescaleSlope: 1 + k, RescaleIntercept: 0 }
}

function wide(): Attributes {
  return { Columns: 40_000, Rows: 1 }
}

/** Volumes to encode, each with something that the others do not have. */
export const volumes = {
  oblique: planned(seriesOf(oblique)),
  tilted: planned(seriesOf({ orientation: [1, 0, 0, 0, cos, -0.5], positions: stack(3, [0, 0, 0], [0, 0, 2]) })),
  times: planned(
    seriesOf({
      positions: [...stack(2, [0, 0, 0], [0, 0, 2]), ...stack(2, [0, 0, 0], [0, 0, 2])],
      own: (index) => ({ TemporalPositionIdentifier: 1 + Math.floor(index / 2), TemporalResolution: 2500 }),
    }),
  ),
  pet: planned(seriesOf({ positions: stack(2, [0, 0, 0], [0, 0, 2]), own: pet })),
  labels: planned([segmentationOf([{ segment: 2, z: 0, pixels: [0, 1, 1, 0] }])]),
  colours: planned([colourInstance(8)]),
  wide: planned(seriesOf({ positions: stack(1, [0, 0, 0], [0, 0, 2]), own: wide })),
}
