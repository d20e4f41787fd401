import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { createExporter } from '@ahi-dicom/exporter'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runPython } from './comparison.ts'
import { connection } from './round-trip.ts'
import { sharedDicom, sharedFilesMissing } from './shared-files.ts'
import { mustSkip } from './tools.ts'
import { compareVolumes, type VolumeComparison, type VolumeSeries } from './volume-comparison.ts'
import { generatedDifferences, judgeVolumes, realDifferences } from './volume-differences.ts'

/** Volumes that were exported from a data store, beside what SimpleITK and dcm2niix make of the files. */
const tools = { commands: ['dcm2niix'], pythonModules: ['pydicom', 'numpy', 'nibabel', 'SimpleITK', 'zarr'] }

/** Compares the series that a script lists, or makes, in a folder. */
async function compareListed(script: string, source?: string): Promise<ReadonlyMap<string, VolumeComparison>> {
  const folder = await mkdtemp(join(tmpdir(), 'volumes-'))
  try {
    const made = join(folder, 'made')
    await mkdir(made)
    await using emulator = await startEmulator({ data: join(folder, 'ahi') })
    await using exporter = createExporter(connection(emulator.endpoint))
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what our own script prints
    const series = (await runPython(script, [source ?? made])) as readonly VolumeSeries[]
    return await compareVolumes(series, { emulator, exporter, folder }, { gaps: 'split' })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

describe.skipIf(mustSkip('volumes of generated series', tools))('volumes of generated series', () => {
  test('are equal, or differ as docs/volumes.md explains', async () => {
    const compared = await compareListed('make_volume_series.py')
    expect([...compared.values()].flatMap(({ refused, otherFiles }) => [...refused, ...otherFiles])).toEqual([])
    expect(judgeVolumes(compared, generatedDifferences)).toEqual({ equal: 16, unexplained: [], unused: [] })
  })
})

/** A label volume as highdicom makes it: its first index counts slices, downwards along our normal. */
interface LabelVolume {
  readonly files: readonly string[]
  readonly voxels: readonly (readonly (readonly number[])[])[]
  readonly affine: readonly (readonly number[])[]
  readonly labels: readonly string[]
}

describe.skipIf(mustSkip('segmentations', { pythonModules: ['highdicom'] }))('a segmentation', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'segmentation-'))
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('is the label volume that highdicom reads', async () => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what our own script prints
    const expected = (await runPython('make_segmentation.py', [folder])) as LabelVolume
    await using emulator = await startEmulator({ data: join(folder, 'ahi') })
    await using exporter = createExporter(connection(emulator.endpoint))
    const { datastoreId } = await emulator.createDatastore({ name: 'segmentation' })
    for (const file of expected.files) await emulator.importDicom(file, { datastoreId })
    const [volume] = await exporter.loadVolume({ datastoreId, selectors: 'all' })
    expect(volume?.segments.map(({ label }) => label)).toEqual(expected.labels)
    expect(volume?.shape).toEqual([5, 6, 9])
    expect([...(volume?.data ?? [])]).toEqual(expected.voxels.toReversed().flat(2))
    const turned = expected.affine.slice(0, 3).map(([down = NaN, j = NaN, i = NaN, origin = NaN]) => {
      return [i, j, -down, origin + 4 * down].map((value) => expect.closeTo(value, 6))
    })
    expect(volume?.affine.lps.slice(0, 3)).toEqual(turned)
  })
})

const isSkipped = mustSkip('volumes of shared files', { ...tools, excuse: sharedFilesMissing() })

describe.skipIf(isSkipped)('volumes of real series', () => {
  let compared: ReadonlyMap<string, VolumeComparison>

  beforeAll(async () => {
    compared = await compareListed('list_volume_series.py', sharedDicom)
  })

  test('are equal, or differ as docs/volumes.md explains', () => {
    const { equal, ...others } = judgeVolumes(compared, realDifferences)
    expect(others).toEqual({ unexplained: [], unused: [] })
    expect(equal).toBeGreaterThan(50)
    expect([...compared.values()].flatMap(({ otherFiles }) => otherFiles)).toEqual([])
  })

  test('are there of all series, but for those without positions or in a syntax that is not decoded', () => {
    const refused = [...compared].filter((one) => one[1].refused.length > 0)
    const reasons = refused.map(([name, one]) => [name.replace(/^.*\/(emri|liver).*$/, '$1'), ...one.refused].join(' '))
    expect([...new Set(reasons)]).toEqual(['emri VOLUME_GEOMETRY_MISSING', 'liver TRANSFER_SYNTAX_UNSUPPORTED'])
  })
})
