import { assembleVolume, planVolumes, type Matrix4, type Vector } from '@ahi-dicom/volumes'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { seriesOf } from './series.ts'

const coordinate = fc.double({ min: -500, max: 500, noNaN: true })
const spacing = fc.double({ min: 0.1, max: 10, noNaN: true })
const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true })

/** A rotation by three angles: its columns are the directions of rows, of columns, and the normal. */
function rotated(a: number, b: number, c: number): readonly [Vector, Vector, Vector] {
  const [ca, sa, cb, sb, cc, sc] = [a, b, c].flatMap((one) => [Math.cos(one), Math.sin(one)])
  if (ca === undefined || sa === undefined || cb === undefined || sb === undefined) throw new Error('expected angles')
  if (cc === undefined || sc === undefined) throw new Error('expected angles')
  return [
    [ca * cb, sa * cb, -sb],
    [ca * sb * sc - sa * cc, sa * sb * sc + ca * cc, cb * sc],
    [ca * sb * cc + sa * sc, sa * sb * cc - ca * sc, cb * cc],
  ]
}

const series = fc
  .record({
    angles: fc.tuple(angle, angle, angle),
    origin: fc.tuple(coordinate, coordinate, coordinate),
    count: fc.integer({ min: 1, max: 8 }),
    spacing: fc.tuple(spacing, spacing, spacing),
    tilt: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
  })
  .map(({ angles, origin, count, spacing: [rows, columns, slices], tilt }) => {
    const [row, column, normal] = rotated(...angles)
    const step = normal.map((value, axis) => slices * (value + tilt * (column[axis] ?? 0)))
    const positions = Array.from({ length: count }, (_, k): [number, number, number] => [
      origin[0] + k * (step[0] ?? 0),
      origin[1] + k * (step[1] ?? 0),
      origin[2] + k * (step[2] ?? 0),
    ])
    return { positions, orientation: [...row, ...column], pixelSpacing: [rows, columns] as const, row, column }
  })

function mapped(affine: Matrix4, point: readonly [number, number, number]): number[] {
  return affine.slice(0, 3).map((row) => row[0] * point[0] + row[1] * point[1] + row[2] * point[2] + row[3])
}

test('the affine maps each voxel to where its instance says it is', () => {
  fc.assert(
    fc.property(series, ({ positions, orientation, pixelSpacing, row, column }) => {
      const [volume] = planVolumes(seriesOf({ positions, orientation, pixelSpacing }))
      for (const [k, position] of positions.entries()) {
        expect(volume?.frameOf(k)?.sopInstanceUid).toBe(`1.2.3.${k + 1}`)
        const expected = position.map(
          (value, axis) => value + 3 * pixelSpacing[1] * (row[axis] ?? 0) + 2 * pixelSpacing[0] * (column[axis] ?? 0),
        )
        if (volume === undefined) throw new Error('expected a volume')
        const [x = NaN, y = NaN, z = NaN] = mapped(volume.affine.lps, [3, 2, k])
        for (const [axis, value] of [x, y, z].entries()) expect(value).toBeCloseTo(expected[axis] ?? NaN, 6)
        expect(mapped(volume.affine.ras, [3, 2, k])).toEqual([-x, -y, z].map((value) => expect.closeTo(value, 6)))
      }
    }),
  )
})

test('the order of the instances does not matter', async () => {
  const shuffled = series.chain((options) => {
    const instances = seriesOf(options)
    return fc.tuple(fc.constant(instances), fc.shuffledSubarray(instances, { minLength: instances.length }))
  })
  await fc.assert(
    fc.asyncProperty(shuffled, async ([instances, others]) => {
      const [one, other] = [await assembleVolume(instances), await assembleVolume(others)]
      expect(other.data).toEqual(one.data)
      expect(other.affine).toEqual(one.affine)
      expect(other.instances.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(
        one.instances.map(({ sopInstanceUid }) => sopInstanceUid),
      )
    }),
  )
})

test('slices that are taken away are filled, or named', () => {
  const gapped = fc
    .tuple(series, fc.infiniteStream(fc.boolean()))
    .filter(([{ positions }]) => positions.length >= 6)
    .map(([options, kept]) => {
      // One of the inner slices is missing, so that most neighbours are still at the distance of slices.
      const missing = kept.next().value === true ? 2 : 3
      return { options, missing }
    })
  fc.assert(
    fc.property(gapped, ({ options, missing }) => {
      const positions = options.positions.filter((_, k) => k !== missing)
      const instances = seriesOf({ ...options, positions })
      expect(() => planVolumes(instances)).toThrow(expect.objectContaining({ code: 'VOLUME_GAP' }))
      const [volume] = planVolumes(instances, { gaps: 'fill' })
      expect(volume?.dimensions.slices).toBe(options.positions.length)
      expect(volume?.frameOf(missing)).toBeUndefined()
    }),
    { numRuns: 30 },
  )
})
