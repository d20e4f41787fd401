import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { bidsSidecar, encodeNifti, encodeNpz, type PlannedVolume } from '@ahi-dicom/volumes'
import { encodeZarr } from '@ahi-dicom/volumes/zarr'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { volumes } from './encoded-volumes.ts'
import { lacksPython, python } from './python.ts'

type Name = keyof typeof volumes
const names = ['oblique', 'tilted', 'times', 'pet', 'labels', 'colours', 'wide'] as const satisfies readonly Name[]

/** A file as an independent reader returns it. */
interface ReadFile extends Record<string, unknown> {
  readonly affine: readonly (readonly number[])[]
}

function closeTo(rows: readonly (readonly number[])[]): unknown[][] {
  return rows.map((row) => row.map((value) => expect.closeTo(value, 5)))
}

async function voxelsOf(volume: PlannedVolume): Promise<number[]> {
  const voxels: number[] = []
  for await (const { data } of volume.slices()) voxels.push(...data)
  return voxels
}

describe.skipIf(lacksPython('nibabel', 'numpy', 'zarr'))('files as nibabel, numpy and zarr-python read them', () => {
  let folder: string
  const nifti = new Map<Name, ReadFile>()
  const npz = new Map<Name, ReadFile>()
  const zarr = new Map<Name, Record<string, unknown>>()

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'volumes-'))
    for (const name of names) {
      const file = join(folder, name)
      await pipeline(encodeNifti(volumes[name]), createGzip(), createWriteStream(`${file}.nii.gz`))
      await pipeline(encodeNpz(volumes[name]), createWriteStream(`${file}.npz`))
      for await (const { path, bytes } of encodeZarr(volumes[name])) {
        const target = join(`${file}.zarr`, path)
        await mkdir(dirname(target), { recursive: true })
        await writeFile(target, bytes)
      }
    }
    const files = names.flatMap((name) => ['nii.gz', 'npz', 'zarr'].map((ending) => join(folder, `${name}.${ending}`)))
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what our own script prints
    const read = python('read_volumes.py', files) as readonly ReadFile[]
    for (const [index, name] of names.entries()) {
      nifti.set(name, read[3 * index] ?? { affine: [] })
      npz.set(name, read[3 * index + 1] ?? { affine: [] })
      zarr.set(name, read[3 * index + 2] ?? {})
    }
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  test.each(names)('%s: affine and voxels of the NIfTI file', async (name) => {
    const volume = volumes[name]
    const read = nifti.get(name)
    const { columns, rows, slices, fourth } = volume.dimensions
    expect(read).toMatchObject({
      kind: name === 'wide' ? 'Nifti2Image' : 'Nifti1Image',
      shape: [columns, rows, slices, ...(volume.fourthAxis === undefined ? [] : [fourth])],
      sform: [1, closeTo(volume.affine.ras)],
    })
    expect(read?.affine).toEqual(closeTo(volume.affine.ras))
    expect([read?.['stored']].flat(2)).toEqual(await voxelsOf(volume))
  })

  test('the quaternion says the same, but for sheared axes, which it cannot', () => {
    for (const name of names) {
      const qform = name === 'tilted' ? [0, null] : [1, closeTo(volumes[name].affine.ras)]
      expect(nifti.get(name)?.['qform']).toEqual(qform)
    }
  })

  test('types, scaling, units and intents match the volume', () => {
    expect(nifti.get('oblique')).toMatchObject({ dtype: 'int16', units: ['mm', 'unknown'], intent: 'none' })
    expect([nifti.get('oblique')?.['scaled']].flat().slice(0, 2)).toEqual([-1024, -1023])
    expect(nifti.get('times')).toMatchObject({ units: ['mm', 'sec'], zooms: [0.75, 0.5, 2, 2.5] })
    expect(nifti.get('pet')).toMatchObject({ dtype: 'float32' })
    expect(nifti.get('labels')).toMatchObject({ dtype: 'uint8', intent: 'label' })
    expect(nifti.get('colours')).toMatchObject({ dtype: 'rgb' })
  })

  test.each(names)('%s: the arrays of the NPZ file', async (name) => {
    const volume = volumes[name]
    expect(npz.get(name)).toEqual({
      names: ['affine', 'metadata', 'voxels'],
      dtype: volume.dtype,
      shape: volume.shape,
      stored: await voxelsOf(volume),
      affine: volume.affine.lps,
      metadata: { ...bidsSidecar(volume), AffineCoordinates: 'LPS' },
    })
  })

  const axes = { times: ['t', 'z', 'y', 'x'], colours: ['c', 'z', 'y', 'x'] }

  test.each(names)('%s: the array and the axes of the Zarr hierarchy', async (name) => {
    const volume = volumes[name]
    const { slices, rows, columns, components } = volume.dimensions
    const voxels = await voxelsOf(volume)
    const dimensions = name === 'times' || name === 'colours' ? axes[name] : ['z', 'y', 'x']
    const first = name === 'times' ? [2] : name === 'colours' ? [3] : []
    const [spacing, step] = [volume.spacing.toReversed(), name === 'times' ? [2.5] : name === 'colours' ? [1] : []]
    expect(zarr.get(name)).toMatchObject({
      format: 3,
      dtype: volume.dtype,
      shape: [...first, slices, rows, columns],
      chunks: [...(name === 'colours' ? [3] : first.map(() => 1)), 1, rows, columns],
      names: dimensions,
      stored: components === 1 ? voxels : [0, 1, 2].flatMap((c) => voxels.filter((_, at) => at % 3 === c)),
      attributes: {
        ome: {
          version: '0.5',
          multiscales: [
            {
              axes: dimensions.map((axis) => ({ name: axis })),
              datasets: [{ path: '0', coordinateTransformations: [{ type: 'scale', scale: [...step, ...spacing] }] }],
            },
          ],
        },
        volume: { Affine: volume.affine.lps, AffineCoordinates: 'LPS', SeriesInstanceUID: volume.seriesInstanceUid },
      },
    })
  })
})
