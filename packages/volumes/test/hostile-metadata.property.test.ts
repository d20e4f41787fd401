import { planVolumes, readVolume, VolumeError } from '@ahi-dicom/volumes'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Attributes } from '../../renderer/test/picture-source-double.ts'
import { instanceOf } from './series.ts'

const number = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
  fc.constantFrom(0.5, 1e-9, -1e-300, 1e9, 1e308, -1e308, Infinity, NaN, 65_535, 4_294_967_296),
  fc.double(),
)
const list = (length: number): fc.Arbitrary<number[]> => fc.array(number, { maxLength: length + 1 })
const orientation = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom([1, 0, 0, 0, 1, 0], [0, 1, 0, 0, 0, -1], [0.8, 0.6, 0, 0, 0, -1]) },
  list(6),
)
const position = fc.oneof({ weight: 3, arbitrary: fc.tuple(fc.constant(0), fc.constant(0), number) }, list(3))

/** Attributes that may each be missing or invalid. */
const attributes = fc.record(
  {
    Rows: fc.oneof({ weight: 5, arbitrary: fc.constant(2) }, number),
    Columns: fc.oneof({ weight: 5, arbitrary: fc.constant(2) }, number),
    BitsAllocated: fc.constantFrom(1, 8, 16, 32, 64, 0, -1, NaN),
    BitsStored: number,
    HighBit: number,
    PixelRepresentation: fc.constantFrom(0, 1, 2),
    SamplesPerPixel: fc.constantFrom(1, 1, 1, 3, 0, 2),
    PhotometricInterpretation: fc.constantFrom('MONOCHROME2', 'RGB', 'YBR_FULL', 'PALETTE COLOR', '<img>'),
    ImagePositionPatient: position,
    ImageOrientationPatient: orientation,
    PixelSpacing: fc.oneof({ weight: 3, arbitrary: fc.constant([1, 1]) }, list(2)),
    RescaleSlope: number,
    RescaleIntercept: number,
    SpacingBetweenSlices: number,
    SliceThickness: number,
    TemporalPositionIdentifier: number,
    EchoTime: number,
    TriggerTime: number,
    ImageType: fc.array(fc.constantFrom('ORIGINAL', 'PRIMARY', 'LOCALIZER', 'MOSAIC', 'M')),
    SegmentationType: fc.constantFrom('BINARY', 'FRACTIONAL', 'LABELMAP'),
    MaximumFractionalValue: number,
    GridFrameOffsetVector: list(3),
    SliceVector: list(3),
    PerFrameFunctionalGroupsSequence: fc.array(
      fc.record({
        PlanePositionSequence: position.map((value): Attributes[] => [{ ImagePositionPatient: value }]),
        SegmentIdentificationSequence: number.map((value): Attributes[] => [{ ReferencedSegmentNumber: value }]),
      }),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: ['Rows', 'Columns', 'BitsAllocated', 'ImageOrientationPatient', 'PixelSpacing'] },
)

const options = fc.record({
  gaps: fc.constantFrom('error', 'fill', 'split'),
  values: fc.constantFrom('stored', 'real-world'),
  segments: fc.constantFrom('labels', 'separate'),
} as const)

test('whatever metadata says: a volume with a finite affine, or an error that names instances', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(attributes, { minLength: 1, maxLength: 5 }), options, async (all, chosen) => {
      const instances = all.map((own, index) =>
        instanceOf([new Int16Array(4), new Int16Array(4)].slice(index % 2), own, { sopInstanceUid: `1.${index}` }),
      )
      const refused: VolumeError[] = []
      const volumes = planVolumes(instances, { ...chosen, onRefused: (error) => void refused.push(error) })
      for (const error of refused) {
        expect(error.sopInstanceUids).not.toEqual([])
        expect(error.message).not.toContain('%s')
      }
      const used = volumes.flatMap((volume) => volume.instances.map(({ sopInstanceUid }) => sopInstanceUid))
      const named = refused.flatMap(({ sopInstanceUids }) => sopInstanceUids)
      expect(used.length + named.length).toBeGreaterThan(0)
      for (const volume of volumes) {
        expect(volume.affine.lps.flat().every(Number.isFinite)).toBe(true)
        expect(volume.spacing.every((one) => one > 0)).toBe(true)
        expect(volume.name).toMatch(/^[\w.-]*$/)
        if (volume.shape.reduce((product, count) => product * count, 1) > 1e6) continue
        const [read] = await Promise.allSettled([readVolume(volume)])
        expect(read.status === 'fulfilled' || read.reason instanceof VolumeError).toBe(true)
      }
    }),
    { numRuns: 500 },
  )
})
