import { assembleVolume, planVolumes } from '@ahi-dicom/volumes'
import { expect, test } from 'vitest'
import { enhancedOf, framesOf, planeGroup, segmentationOf } from './multi-frame.ts'

test('frames of an enhanced instance are sorted by their own positions', async () => {
  const volume = await assembleVolume([enhancedOf([4, 0, 2].map((z) => planeGroup([1, 2, z])))])
  expect(volume).toMatchObject({ shape: [3, 3, 4], spacing: [0.75, 0.5, 2], origin: [1, 2, 0], warnings: [] })
  expect([0, 1, 2].map((k) => volume.frameOf(k)?.frame)).toEqual([1, 2, 0])
  expect([0, 12, 24].map((at) => volume.data[at])).toEqual([1000, 2000, 0])
})

test('stacks of an enhanced instance are volumes', () => {
  const frames = ['A', 'A', 'B', 'B'].map((StackID, k) =>
    planeGroup([0, 0, 2 * k], { FrameContentSequence: [{ StackID }] }),
  )
  expect(planVolumes([enhancedOf(frames)]).map(({ name, origin }) => [name, origin[2]])).toEqual([
    ['stack-A', 0],
    ['stack-B', 4],
  ])
})

test('dose frames lie at their offsets, in Gray', () => {
  const dose = framesOf(3, {
    Modality: 'RTDOSE',
    BitsStored: 16,
    PixelRepresentation: 0,
    ImagePositionPatient: [10, 20, 30],
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    GridFrameOffsetVector: [0, 2.5, 5],
    DoseGridScaling: 0.001,
    DoseUnits: 'GY',
  })
  const [volume] = planVolumes([dose])
  expect(volume).toMatchObject({
    shape: [3, 3, 4],
    spacing: [0.75, 0.5, 2.5],
    origin: [10, 20, 30],
    dtype: 'uint16',
    rescale: { slope: 0.001, intercept: 0 },
    units: 'GY',
  })
})

test('offsets that are positions lie as their differences say, and may go down', () => {
  const dose = framesOf(3, {
    ImagePositionPatient: [10, 20, 30],
    ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
    GridFrameOffsetVector: [30, 28, 26],
  })
  const [volume] = planVolumes([dose])
  expect(volume?.origin).toEqual([10, 20, 26])
  expect([0, 1, 2].map((k) => volume?.frameOf(k)?.frame)).toEqual([2, 1, 0])
})

test('slices of nuclear medicine go by SliceVector, and time slots are cardiac phases', async () => {
  const heart = framesOf(6, {
    Modality: 'NM',
    FrameIncrementPointer: ['00540070', '00540080'],
    DetectorInformationSequence: [{ ImagePositionPatient: [0, 0, 100], ImageOrientationPatient: [1, 0, 0, 0, 1, 0] }],
    TimeSlotVector: [1, 1, 1, 2, 2, 2],
    SliceVector: [1, 2, 3, 1, 2, 3],
    SpacingBetweenSlices: -4,
  })
  const volume = await assembleVolume([heart])
  expect(volume).toMatchObject({
    shape: [2, 3, 3, 4],
    origin: [0, 0, 92],
    fourthAxis: { kind: 'cardiac phase', keyword: 'TimeSlotVector', unit: undefined, values: [1, 2] },
  })
  expect([0, 1].map((t) => [0, 1, 2].map((k) => volume.frameOf(k, t)?.frame))).toEqual([
    [2, 1, 0],
    [5, 4, 3],
  ])
})

test('names of volumes are parts of file names on every system', () => {
  const stacks = ['..', '../../x', 'A', 'a', '.', 'B'.repeat(500)]
  const frames = stacks.map((StackID) => planeGroup([0, 0, 0], { FrameContentSequence: [{ StackID }] }))
  const names = planVolumes([enhancedOf(frames)]).map(({ name }) => name)
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(stacks.length)
  for (const name of names) expect(name).toMatch(/^(?!.*\.\.)[\w.-]{1,80}$/)
})

test('frames without positions of their own are refused', () => {
  const cine = framesOf(3, { ImagePositionPatient: [0, 0, 0], ImageOrientationPatient: [1, 0, 0, 0, 1, 0] })
  expect(() => planVolumes([cine])).toThrow(
    expect.objectContaining({
      code: 'VOLUME_GEOMETRY_MISSING',
      message:
        'Cannot place the frames of instance 1.2.3.1 in a volume: nothing says where the frames lie: they have no positions of their own; read the frames one by one',
    }),
  )
})

const liver = { segment: 1, z: 0, pixels: [1, 0, 0, 0] }
const spleen = { segment: 2, z: 0, pixels: [0, 0, 1, 1] }
const above = { segment: 2, z: 6, pixels: [0, 1, 0, 0] }

test('a binary segmentation is a label volume; slices without a frame are 0', async () => {
  const volume = await assembleVolume([segmentationOf([above, spleen, liver])])
  expect(volume).toMatchObject({ kind: 'labels', dtype: 'uint8', shape: [3, 2, 2], spacing: [1, 1, 3], warnings: [] })
  expect([...volume.data]).toEqual([1, 0, 2, 2, 0, 0, 0, 0, 0, 2, 0, 0])
  expect(volume.segments).toEqual(
    [1, 2].map((number) => ({
      number,
      label: `Label ${number}`,
      category: undefined,
      type: { value: '10200004', scheme: 'SCT', meaning: 'Liver' },
      algorithmType: 'MANUAL',
    })),
  )
})

test('segment numbers above 255 need 16 bits', async () => {
  const volume = await assembleVolume([segmentationOf([liver, { ...spleen, segment: 300 }])])
  expect(volume.data).toEqual(Uint16Array.from([1, 0, 300, 300]))
})

test('segments that overlap are an error, or volumes of their own', async () => {
  const instances = [segmentationOf([liver, { ...spleen, pixels: [1, 1, 1, 1] }])]
  await expect(assembleVolume(instances)).rejects.toMatchObject({
    code: 'VOLUME_SEGMENTS_OVERLAP',
    sopInstanceUids: ['1.2.3.1'],
  })
  const separate = planVolumes(instances, { segments: 'separate' })
  expect(separate.map(({ name, segments }) => [name, segments.map(({ number }) => number)])).toEqual([
    ['segment-1', [1]],
    ['segment-2', [2]],
  ])
  const second = await assembleVolume(instances, { segments: 'separate', name: 'segment-2' })
  expect([...second.data]).toEqual([2, 2, 2, 2])
})

test('a segment with two frames at one position is refused', () => {
  expect(() => planVolumes([segmentationOf([liver, liver])])).toThrow(
    expect.objectContaining({ code: 'VOLUME_DOUBLED' }),
  )
})

test('frames without a segment number are refused', () => {
  expect(() => planVolumes([segmentationOf([{ ...liver, segment: 0 }])])).toThrow(
    expect.objectContaining({ code: 'VOLUME_PIXELS_UNSUPPORTED' }),
  )
})

test('fractions of segments are real numbers from 0 to 1', async () => {
  const fractions = segmentationOf(
    [
      { ...liver, pixels: [0, 50, 100, 200] },
      { ...spleen, pixels: [200, 0, 0, 0] },
    ],
    { SegmentationType: 'FRACTIONAL', MaximumFractionalValue: 200, BitsAllocated: 8, BitsStored: 8, HighBit: 7 },
  )
  expect(planVolumes([fractions]).map(({ name, kind }) => [name, kind])).toEqual([
    ['segment-1', 'fractions'],
    ['segment-2', 'fractions'],
  ])
  const volume = await assembleVolume([fractions], { name: 'segment-1' })
  expect(volume.data).toEqual(Float32Array.from([0, 0.25, 0.5, 1]))
})

test('a parametric map is real numbers with the unit of its mapping', async () => {
  const base = enhancedOf([planeGroup([0, 0, 0]), planeGroup([0, 0, 2])], {
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.30',
    FloatPixelData: 'present',
    BitsAllocated: 32,
    RealWorldValueMappingSequence: [
      {
        RealWorldValueSlope: 2,
        RealWorldValueIntercept: 1,
        MeasurementUnitsCodeSequence: [{ CodeValue: 'mm2/s', CodingSchemeDesignator: 'UCUM' }],
      },
    ],
  })
  const map = { ...base, frame: async (index: number) => new Float32Array(12).fill(index + 0.5) }
  const [planned] = planVolumes([map])
  expect(planned).toMatchObject({ dtype: 'float32', units: 'mm2/s', rescale: { slope: 2, intercept: 1 } })
  const real = await assembleVolume([map], { values: 'real-world' })
  expect([real.data[0], real.data[12]]).toEqual([2, 4])
  expect(real.rescale).toEqual({ slope: 1, intercept: 0 })
})
