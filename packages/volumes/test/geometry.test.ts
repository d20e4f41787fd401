import { assembleVolume, planVolumes, type Matrix4, type PlannedVolume } from '@ahi-dicom/volumes'
import { expect, test } from 'vitest'
import { axial, rampSamples, seriesOf, stack, uidOf } from './series.ts'

function onlyPlanned(volumes: readonly PlannedVolume[]): PlannedVolume {
  const [volume, another] = volumes
  if (volume === undefined || another !== undefined) throw new Error(`expected one volume, got ${volumes.length}`)
  return volume
}

function expectAffine(affine: Matrix4, rows: readonly (readonly number[])[]): void {
  for (const [index, row] of affine.entries()) {
    for (const [column, value] of row.entries()) expect(value).toBeCloseTo(rows[index]?.[column] ?? NaN, 9)
  }
}

test('an axial series is sorted by position, not by number', async () => {
  const positions = stack(5, [-10, -20, 30], [0, 0, -2.5])
  const volume = await assembleVolume(seriesOf({ positions }))
  expect(volume).toMatchObject({
    seriesInstanceUid: '1.2.3',
    name: '',
    kind: 'image',
    shape: [5, 3, 4],
    dimensions: { columns: 4, rows: 3, slices: 5, fourth: 1, components: 1 },
    spacing: [0.75, 0.5, 2.5],
    origin: [-10, -20, 20],
    direction: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    isSheared: false,
    dtype: 'int16',
    rescale: { slope: 1, intercept: -1024 },
    units: 'HU',
    fourthAxis: undefined,
    segments: [],
    warnings: [],
  })
  expect(volume.affine).toEqual({
    lps: [
      [0.75, 0, 0, -10],
      [0, 0.5, 0, -20],
      [0, 0, 2.5, 20],
      [0, 0, 0, 1],
    ],
    ras: [
      [-0.75, 0, 0, 10],
      [0, -0.5, 0, 20],
      [0, 0, 2.5, 20],
      [0, 0, 0, 1],
    ],
  })
  expect([0, 1, 2, 3, 4].map((k) => volume.frameOf(k))).toEqual(
    [4, 3, 2, 1, 0].map((slice) => ({ sopInstanceUid: uidOf(slice), frame: 0 })),
  )
  expect(volume.frameOf(5)).toBeUndefined()
  const expected = [4, 3, 2, 1, 0].flatMap((slice) => [...rampSamples(3, 4, 1000 * slice)])
  expect(volume.data).toEqual(Int16Array.from(expected))
})

// Rows along (0.8, 0.6, 0), columns along (0, 0, -1): the normal is (-0.6, 0.8, 0).
test('an oblique series has its own directions', () => {
  const orientation = [0.8, 0.6, 0, 0, 0, -1]
  const positions = stack(4, [1, 2, 3], [-1.2, 1.6, 0])
  const volume = onlyPlanned(planVolumes(seriesOf({ positions, orientation })))
  expectAffine(volume.affine.lps, [
    [0.6, 0, -1.2, 1],
    [0.45, 0, 1.6, 2],
    [0, -0.5, 0, 3],
    [0, 0, 0, 1],
  ])
  expect(volume.spacing[2]).toBeCloseTo(2, 12)
  expect(volume.isSheared).toBe(false)
})

test('a tilted gantry is a shear in the affine, with a warning', () => {
  // Slices 2 mm apart along the table, cut at 30 degrees: each is shifted by 1 mm in its plane.
  const cos = Math.sqrt(0.75)
  const orientation = [1, 0, 0, 0, cos, -0.5]
  const positions = stack(4, [0, 0, 0], [0, 0, 2])
  const volume = onlyPlanned(planVolumes(seriesOf({ positions, orientation })))
  expectAffine(volume.affine.lps, [
    [0.75, 0, 0, 0],
    [0, 0.5 * cos, 0, 0],
    [0, -0.25, 2, 0],
    [0, 0, 0, 1],
  ])
  expect(volume.isSheared).toBe(true)
  expect(volume.warnings).toEqual([{ code: 'GANTRY_TILT', message: expect.stringContaining('by 30.00 degrees') }])
})

test.each([
  ['SpacingBetweenSlices', { SpacingBetweenSlices: 4, SliceThickness: 3 }, 4, []],
  ['SliceThickness', { SliceThickness: 3 }, 3, []],
  ['nothing', {}, 1, ['SLICE_SPACING_ASSUMED']],
])('one slice is as thick as %s says', (_, own, spacing, codes) => {
  const volume = onlyPlanned(planVolumes(seriesOf({ positions: [[1, 2, 3]], own: () => own })))
  expect(volume.spacing).toEqual([0.75, 0.5, spacing])
  expect(volume.warnings.map(({ code }) => code)).toEqual(codes)
})

test('a missing slice is an error that names its neighbours', () => {
  const positions = stack(6, [0, 0, 0], [0, 0, 2]).filter((_, k) => k !== 3)
  expect(() => planVolumes(seriesOf({ positions }))).toThrow(
    expect.objectContaining({
      name: 'VolumeError',
      code: 'VOLUME_GAP',
      seriesInstanceUid: '1.2.3',
      sopInstanceUids: [uidOf(2), uidOf(3)],
      message:
        'Cannot make a volume of series 1.2.3: 1 of its slices, at distances of 2 mm, is missing beside instances 1.2.3.3, 1.2.3.4; import what is missing, or use `gaps: "fill"` or `gaps: "split"`',
    }),
  )
})

test('missing slices are filled with the padding value', async () => {
  const positions = stack(6, [0, 0, 0], [0, 0, 2]).filter((_, k) => k !== 3)
  const instances = seriesOf({ positions, own: () => ({ PixelPaddingValue: 63_536 }) })
  const volume = await assembleVolume(instances, { gaps: 'fill' })
  expect(volume.shape).toEqual([6, 3, 4])
  expect(volume.frameOf(3)).toBeUndefined()
  expect(Array.from(volume.data.slice(36, 48))).toEqual(Array(12).fill(-2000))
  expect(volume.warnings).toEqual([{ code: 'SLICES_FILLED', message: '1 slices have no frame and are filled' }])
})

test('a slice that is very far away is not filled up to', () => {
  const positions = [...stack(3, [0, 0, 0], [0, 0, 0.001_5]), [0, 0, 900_000] as const]
  expect(() => planVolumes(seriesOf({ positions }), { gaps: 'fill' })).toThrow(
    expect.objectContaining({ code: 'VOLUME_GAP' }),
  )
})

test('orientations of four decimals are no tilt', () => {
  const angle = 0.384
  const orientation = [1, 0, 0, 0, Number(Math.cos(angle).toFixed(4)), Number((-Math.sin(angle)).toFixed(4))]
  const positions = stack(500, [0, 0, 0], [0, Math.sin(angle), Math.cos(angle)])
  expect(onlyPlanned(planVolumes(seriesOf({ positions, orientation })))).toMatchObject({
    isSheared: false,
    warnings: [],
  })
})

test('runs of slices become volumes of their own', () => {
  const positions = stack(7, [0, 0, 0], [0, 0, 2]).filter((_, k) => k !== 3)
  const volumes = planVolumes(seriesOf({ positions }), { gaps: 'split' })
  expect(volumes.map(({ name, origin, shape }) => ({ name, z: origin[2], slices: shape[0] }))).toEqual([
    { name: 'part-1', z: 0, slices: 3 },
    { name: 'part-2', z: 8, slices: 3 },
  ])
  expect(volumes.map(({ warnings }) => warnings.map(({ code }) => code))).toEqual([['SERIES_SPLIT'], ['SERIES_SPLIT']])
})

test('uneven distances are an error, also where gaps are filled, and may be split', () => {
  const depths = [0, 1, 2, 3, 5.5, 8]
  const instances = seriesOf({ positions: depths.map((z) => [0, 0, z] as const) })
  for (const gaps of ['error', 'fill'] as const) {
    expect(() => planVolumes(instances, { gaps })).toThrow(
      expect.objectContaining({ code: 'VOLUME_UNEVEN', sopInstanceUids: [uidOf(3), uidOf(4), uidOf(5)] }),
    )
  }
  const split = planVolumes(instances, { gaps: 'split' })
  expect(split.map(({ origin, spacing, shape }) => [origin[2], spacing[2], shape[0]])).toEqual([
    [0, 1, 4],
    [5.5, 1, 1],
    [8, 1, 1],
  ])
})

test('positions that were rounded need a tolerance', () => {
  const instances = seriesOf({ positions: [0, 0.6, 1.3, 1.9, 2.5].map((z) => [0, 0, z] as const) })
  expect(() => planVolumes(instances)).toThrow(expect.objectContaining({ code: 'VOLUME_UNEVEN' }))
  expect(onlyPlanned(planVolumes(instances, { positionTolerance: 0.06 })).spacing[2]).toBeCloseTo(0.625, 12)
})

test('a position that is there twice is an error that names both, and may be split', () => {
  const positions = [...stack(3, [0, 0, 0], [0, 0, 2]), [0, 0, 2] as const]
  const instances = seriesOf({ positions, own: (k) => ({ AcquisitionNumber: k }) })
  expect(() => planVolumes(instances)).toThrow(
    expect.objectContaining({ code: 'VOLUME_DOUBLED', sopInstanceUids: [uidOf(1), uidOf(3)] }),
  )
  const split = planVolumes(instances, { gaps: 'split' })
  expect(split.map(({ name, shape }) => [name, shape[0]])).toEqual([
    ['copy-1', 3],
    ['copy-2', 1],
  ])
})

test('slices in one plane that are shifted are an error', () => {
  const positions = [...stack(2, [0, 0, 0], [0, 0, 2]), ...stack(2, [5, 0, 0], [0, 0, 2])]
  const instances = seriesOf({ positions, own: (k) => ({ AcquisitionNumber: Math.floor(k / 2) }) })
  expect(() => planVolumes(instances, { gaps: 'fill' })).toThrow(expect.objectContaining({ code: 'VOLUME_UNEVEN' }))
})

test('sizes, orientations and localizers make volumes with names', () => {
  const slices = seriesOf({ positions: stack(3, [0, 0, 0], [0, 0, 2]) })
  const others = seriesOf({
    positions: [...stack(2, [0, 0, 0], [0, 0, 2]), ...stack(2, [0, 0, 0], [0, 3, 0]), [9, 9, 9]],
    own: (k) => ({
      ...(k < 2 ? { Rows: 5 } : {}),
      ...(k >= 2 && k < 4 ? { ImageOrientationPatient: [1, 0, 0, 0, 0, -1] } : {}),
      ...(k === 4 ? { ImageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] } : {}),
    }),
  }).map((instance) => ({ ...instance, sopInstanceUid: `${instance.sopInstanceUid}.9` }))
  const volumes = planVolumes([...slices, ...others])
  expect(volumes.map(({ name, shape }) => [name, shape])).toEqual([
    ['image_axial_4x3', [3, 3, 4]],
    ['image_axial_4x5', [2, 5, 4]],
    ['image_coronal', [2, 3, 4]],
    ['localizer', [1, 3, 4]],
  ])
})

test('two series make two volumes', () => {
  const series = ['1.5', '1.4'].flatMap((seriesInstanceUid) =>
    seriesOf({ positions: stack(3, [0, 0, 0], [0, 0, 2]), seriesInstanceUid }),
  )
  expect(planVolumes(series).map(({ seriesInstanceUid }) => seriesInstanceUid)).toEqual(['1.4', '1.5'])
})

test.each(['ImagePositionPatient', 'ImageOrientationPatient', 'PixelSpacing'])(
  'instances without %s are named, and others go on',
  async (keyword) => {
    const positions = stack(4, [0, 0, 0], [0, 0, 2])
    const broken = seriesOf({ positions, own: (k) => (k === 3 ? { [keyword]: [] } : {}) })
    expect(() => planVolumes(broken)).toThrow(
      expect.objectContaining({
        code: 'VOLUME_GEOMETRY_MISSING',
        sopInstanceUids: [uidOf(3)],
        message: expect.stringContaining(keyword),
      }),
    )
    const refused: string[] = []
    const volumes = planVolumes([...broken, ...seriesOf({ positions, seriesInstanceUid: '1.9' })], {
      onRefused: ({ code }) => void refused.push(code),
    })
    expect(volumes.map(({ shape }) => shape[0])).toEqual([3, 4])
    expect(refused).toEqual(['VOLUME_GEOMETRY_MISSING'])
  },
)

test('instances that lack the same attribute are one error', () => {
  const positions = stack(6, [0, 0, 0], [0, 0, 2])
  const instances = seriesOf({ positions, own: () => ({ ImagePositionPatient: [] }) })
  expect(() => planVolumes(instances)).toThrow(
    expect.objectContaining({
      code: 'VOLUME_GEOMETRY_MISSING',
      sopInstanceUids: Array.from({ length: 6 }, (_, slice) => uidOf(slice)),
      message: `Cannot place the frames of instances ${[0, 1, 2, 3].map(uidOf).join(', ')} and 2 more in a volume: there is no ImagePositionPatient that can be used; read the frames one by one`,
    }),
  )
})

test.each([
  ['position far away', { ImagePositionPatient: [0, 0, 1e7] }],
  ['pixel spacing of 0', { PixelSpacing: [0, 1] }],
])('a %s is refused', (_, own) => {
  const instances = seriesOf({ positions: [[0, 0, 0]], own: () => own })
  expect(() => planVolumes(instances)).toThrow(expect.objectContaining({ code: 'VOLUME_GEOMETRY_INVALID' }))
})

test.each([
  ['no unit vectors', [2, 0, 0, 0, 1, 0]],
  ['no right angle', [1, 0, 0, 0.8, 0.6, 0]],
])('an orientation of %s is refused', (_, orientation) => {
  const instances = seriesOf({ positions: [[0, 0, 0]], orientation })
  expect(() => planVolumes(instances)).toThrow(expect.objectContaining({ code: 'VOLUME_GEOMETRY_INVALID' }))
})

test('instances without pixels are left out, and nothing else makes no volume', async () => {
  const [image, ...others] = seriesOf({ positions: stack(2, [0, 0, 0], [0, 0, 2]), orientation: axial })
  const report = { ...others[0], pictureCount: 0 }
  if (image === undefined || others[0] === undefined) throw new Error('expected two instances')
  expect(planVolumes([image, { ...others[0], ...report }]).map(({ shape }) => shape[0])).toEqual([1])
  await expect(assembleVolume([{ ...image, pictureCount: 0 }])).rejects.toMatchObject({ code: 'VOLUME_NONE' })
})

test('one of several volumes is chosen by its name', async () => {
  const positions = stack(5, [0, 0, 0], [0, 0, 2]).filter((_, k) => k !== 2)
  const instances = seriesOf({ positions })
  await expect(assembleVolume(instances, { gaps: 'split' })).rejects.toMatchObject({ code: 'VOLUME_NOT_ONE' })
  expect((await assembleVolume(instances, { gaps: 'split', name: 'part-2' })).origin).toEqual([0, 0, 6])
  await expect(assembleVolume(instances, { gaps: 'split', name: 'part-3' })).rejects.toThrow(
    'Cannot assemble a volume: none is named "part-3"; choose one of "part-1", "part-2"',
  )
})
