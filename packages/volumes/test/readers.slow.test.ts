import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { bidsSidecar, encodeNifti, encodeNpz, type PlannedVolume } from '@ahi-dicom/volumes'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { volumes } from './encoded-volumes.ts'
import { lacksPython, python } from './python.ts'

type Name = keyof typeof volumes
const names = ['oblique', 'tilted', 'times', 'pet', 'labels', 'colours', 'wide'] as const satisfies readonly Name[]

/** What a reader that is not ours makes of a file. */
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

describe.skipIf(lacksPython('nibabel', 'numpy'))('files as nibabel and numpy read them', () => {
  let folder: string
  const nifti = new Map<Name, ReadFile>()
  const npz = new Map<Name, ReadFile>()

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'volumes-'))
    for (const name of names) {
      const file = join(folder, name)
      await pipeline(encodeNifti(volumes[name]), createGzip(), createWriteStream(`${file}.nii.gz`))
      await pipeline(encodeNpz(volumes[name]), createWriteStream(`${file}.npz`))
    }
    const files = names.flatMap((name) => [join(folder, `${name}.nii.gz`), join(folder, `${name}.npz`)])
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what our own script prints
    const read = python('read_volumes.py', files) as readonly ReadFile[]
    for (const [index, name] of names.entries()) {
      nifti.set(name, read[2 * index] ?? { affine: [] })
      npz.set(name, read[2 * index + 1] ?? { affine: [] })
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

  test('types, scaling, units and intents are those of the volume', () => {
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
})
