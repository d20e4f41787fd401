import { assembleVolume, planVolumes } from '@ahi-dicom/volumes'
import { expect, test } from 'vitest'
import type { Attributes } from '../../renderer/test/picture-source-double.ts'
import { enhancedOf, planeGroup } from './multi-frame.ts'
import { seriesOf, stack, uidOf } from './series.ts'

/** A series of 3 slices, each `times` times; `own` gets the place on the fourth axis and the slice. */
function repeated(times: number, own: (t: number, k: number) => Attributes): ReturnType<typeof seriesOf> {
  const positions = Array.from({ length: times }, () => stack(3, [0, 0, 0], [0, 0, 2])).flat()
  return seriesOf({ positions, own: (index) => own(Math.floor(index / 3), index % 3) })
}

test.each<[string, (t: number, k: number) => Attributes, object]>([
  [
    'temporal positions',
    (t) => ({ TemporalPositionIdentifier: 2 - t }),
    { kind: 'time', keyword: 'TemporalPositionIdentifier', unit: undefined, values: [1, 2] },
  ],
  [
    'temporal positions at a resolution',
    (t) => ({ TemporalPositionIdentifier: t + 1, TemporalResolution: 2500 }),
    { kind: 'time', keyword: 'TemporalPositionIdentifier', unit: 's', values: [0, 2.5] },
  ],
  [
    'echoes',
    (t) => ({ EchoTime: 4 + 5 * t, TemporalPositionIdentifier: 1 }),
    { kind: 'echo', keyword: 'EchoTime', unit: 'ms', values: [4, 9] },
  ],
  [
    'b-values',
    (t) => ({ DiffusionBValue: 1000 * t, EchoTime: 80 }),
    { kind: 'b-value', keyword: 'DiffusionBValue', unit: 's/mm2', values: [0, 1000] },
  ],
  [
    'b-values of a private block',
    (t) => ({ '00190010': 'OTHER', '00190011': 'SIEMENS MR HEADER', '0019110C': String(500 * t) }),
    { kind: 'b-value', keyword: 'DiffusionBValue', unit: 's/mm2', values: [0, 500] },
  ],
  [
    'b-values of a private element without VR',
    (t) => ({ '20010010': 'Philips Imaging DD 001', '20011003': new TextEncoder().encode(`${500 * t} `) }),
    { kind: 'b-value', keyword: 'DiffusionBValue', unit: 's/mm2', values: [0, 500] },
  ],
  [
    'directions of diffusion',
    (t) => ({ DiffusionBValue: 1000, DiffusionGradientOrientation: [t, 1 - t, 0] }),
    { kind: 'b-value', keyword: 'DiffusionBValue', unit: 's/mm2', values: [1000, 1000] },
  ],
  [
    'reference times of PET',
    (t) => ({ FrameReferenceTime: 30_000 * t }),
    { kind: 'time', keyword: 'FrameReferenceTime', unit: 'ms', values: [0, 30_000] },
  ],
  [
    'acquisitions',
    (t) => ({ AcquisitionNumber: t + 7 }),
    { kind: 'acquisition', keyword: 'AcquisitionNumber', unit: undefined, values: [7, 8] },
  ],
])('%s make a fourth axis', async (_, own, axis) => {
  const volume = await assembleVolume(repeated(2, own))
  expect(volume).toMatchObject({ shape: [2, 3, 3, 4], dimensions: { fourth: 2 }, fourthAxis: axis, warnings: [] })
  expect(new Set([0, 1].flatMap((t) => [0, 1, 2].map((k) => volume.frameOf(k, t)?.sopInstanceUid))).size).toBe(6)
})

test('trigger times that differ between slices make an axis by their order', () => {
  const [volume] = planVolumes(repeated(2, (t, k) => ({ TriggerTime: 100 * t + k })))
  expect(volume?.fourthAxis).toEqual({ kind: 'cardiac phase', keyword: 'TriggerTime', unit: 'ms', values: [1, 101] })
  expect(volume?.warnings.map(({ code }) => code)).toEqual(['FOURTH_AXIS_VARIES'])
})

test('echoes of several times make a volume each', () => {
  const volumes = planVolumes(
    repeated(4, (t) => ({ EchoTime: t % 2 === 0 ? 4 : 9, TemporalPositionIdentifier: 1 + Math.floor(t / 2) })),
  )
  expect(volumes.map(({ name, shape, fourthAxis }) => [name, shape[0], fourthAxis?.kind])).toEqual([
    ['time-1', 2, 'echo'],
    ['time-2', 2, 'echo'],
  ])
})

test('magnitude and phase are volumes of their own', () => {
  const volumes = planVolumes(
    repeated(2, (t) => ({ ImageType: ['ORIGINAL', 'PRIMARY', t === 0 ? 'M' : 'P'], EchoTime: 4 + t })),
  )
  expect(volumes.map(({ name, shape, fourthAxis }) => [name, shape, fourthAxis])).toEqual([
    ['m', [3, 3, 4], undefined],
    ['p', [3, 3, 4], undefined],
  ])
})

test('a time that lacks a slice is an error, and may be filled or split', async () => {
  const instances = repeated(2, (t) => ({ TemporalPositionIdentifier: t + 1 })).slice(0, 5)
  expect(() => planVolumes(instances)).toThrow(
    expect.objectContaining({ code: 'VOLUME_INCOMPLETE', sopInstanceUids: [uidOf(2)] }),
  )
  const filled = await assembleVolume(instances, { gaps: 'fill' })
  expect(filled.shape).toEqual([2, 3, 3, 4])
  expect(filled.frameOf(2, 1)).toBeUndefined()
  expect(Array.from(filled.data.slice(60))).toEqual(Array(12).fill(0))
  const split = planVolumes(instances, { gaps: 'split' })
  expect(split.map(({ name, shape }) => [name, shape])).toEqual([
    ['time-1', [3, 3, 4]],
    ['time-2', [2, 3, 4]],
  ])
})

test('an enhanced instance has its axis in functional groups', () => {
  const frames = [1, 2].flatMap((TemporalPositionIndex) =>
    [0, 2].map((z) =>
      planeGroup([0, 0, z], {
        FrameContentSequence: [{ TemporalPositionIndex }],
        TemporalPositionSequence: [{ TemporalPositionTimeOffset: 1.5 * TemporalPositionIndex }],
      }),
    ),
  )
  const [volume] = planVolumes([enhancedOf(frames)])
  expect(volume?.fourthAxis).toEqual({
    kind: 'time',
    keyword: 'TemporalPositionTimeOffset',
    unit: 's',
    values: [1.5, 3],
  })
  expect([0, 1].map((t) => [0, 1].map((k) => volume?.frameOf(k, t)?.frame))).toEqual([
    [0, 1],
    [2, 3],
  ])
})
