import type { VolumeInstance } from '@ahi-dicom/volumes'
import type { Attributes } from '../../renderer/test/picture-source-double.ts'
import { instanceOf, rampSamples } from './series.ts'

const image: Attributes = {
  Rows: 3,
  Columns: 4,
  BitsAllocated: 16,
  BitsStored: 16,
  HighBit: 15,
  PixelRepresentation: 1,
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
}

/** A plane in the functional groups of a frame. */
export function planeGroup(position: readonly number[], own: Attributes = {}): Attributes {
  return { PlanePositionSequence: [{ ImagePositionPatient: position }], ...own }
}

/** An enhanced instance. The samples of frame f begin at 1000 f. */
export function enhancedOf(frames: readonly Attributes[], attributes: Attributes = {}): VolumeInstance {
  const pixels = frames.map((_, frame) => rampSamples(3, 4, 1000 * frame))
  return instanceOf(pixels, {
    ...image,
    Modality: 'MR',
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.4.1',
    SharedFunctionalGroupsSequence: [
      {
        PlaneOrientationSequence: [{ ImageOrientationPatient: [1, 0, 0, 0, 1, 0] }],
        PixelMeasuresSequence: [{ PixelSpacing: [0.5, 0.75], SliceThickness: 2 }],
      },
    ],
    PerFrameFunctionalGroupsSequence: frames,
    ...attributes,
  })
}

/** A multi-frame instance without functional groups. */
export function framesOf(count: number, attributes: Attributes): VolumeInstance {
  const pixels = Array.from({ length: count }, (_, frame) => rampSamples(3, 4, 1000 * frame))
  return instanceOf(pixels, { ...image, PixelSpacing: [0.5, 0.75], ...attributes })
}

/** A segmentation of 2 x 2 pixels whose frames are these bytes. */
export function segmentationOf(
  frames: readonly { readonly segment: number; readonly z: number; readonly pixels: readonly number[] }[],
  attributes: Attributes = {},
): VolumeInstance {
  const groups = frames.map(({ segment, z }) =>
    planeGroup([0, 0, z], { SegmentIdentificationSequence: [{ ReferencedSegmentNumber: segment }] }),
  )
  const segments = [...new Set(frames.map(({ segment }) => segment))].toSorted((a, b) => a - b)
  return instanceOf(
    frames.map(({ pixels }) => Uint8Array.from(pixels)),
    {
      ...image,
      Rows: 2,
      Columns: 2,
      BitsAllocated: 1,
      BitsStored: 1,
      HighBit: 0,
      PixelRepresentation: 0,
      Modality: 'SEG',
      SegmentationType: 'BINARY',
      SegmentSequence: segments.map((number) => ({
        SegmentNumber: number,
        SegmentLabel: `Label ${number}`,
        SegmentAlgorithmType: 'MANUAL',
        SegmentedPropertyTypeCodeSequence: [
          { CodeValue: '10200004', CodingSchemeDesignator: 'SCT', CodeMeaning: 'Liver' },
        ],
      })),
      SharedFunctionalGroupsSequence: [
        {
          PlaneOrientationSequence: [{ ImageOrientationPatient: [1, 0, 0, 0, 1, 0] }],
          PixelMeasuresSequence: [{ PixelSpacing: [1, 1], SliceThickness: 3, SpacingBetweenSlices: 3 }],
        },
      ],
      PerFrameFunctionalGroupsSequence: groups,
      ...attributes,
    },
  )
}
