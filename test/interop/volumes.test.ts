import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { createExporter } from '@ahi-dicom/exporter'
import { beforeAll, describe, expect, test } from 'vitest'
import { runPython } from './comparison.ts'
import { connection } from './round-trip.ts'
import { sharedDicom, sharedFilesMissing } from './shared-files.ts'
import { mustSkip } from './tools.ts'
import { compareVolumes, type VolumeComparison, type VolumeSeries } from './volume-comparison.ts'
import { generatedDifferences, judgeVolumes, realDifferences } from './volume-differences.ts'

/** Volumes of series that went through a data store, beside what SimpleITK and dcm2niix make of the files. */
const tools = { commands: ['dcm2niix'], pythonModules: ['pydicom', 'numpy', 'nibabel', 'SimpleITK'] }

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
    expect([...compared.values()].flatMap(({ refused }) => refused)).toEqual([])
    expect(judgeVolumes(compared, generatedDifferences)).toEqual({ equal: 16, unexplained: [], unused: [] })
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
  })

  test('are there of all series, but for those without positions or in a syntax that is not decoded', () => {
    const refused = [...compared].filter((one) => one[1].refused.length > 0)
    const reasons = refused.map(([name, one]) => [name.replace(/^.*\/(emri|liver).*$/, '$1'), ...one.refused].join(' '))
    expect([...new Set(reasons)]).toEqual(['emri VOLUME_GEOMETRY_MISSING', 'liver TRANSFER_SYNTAX_UNSUPPORTED'])
  })
})
