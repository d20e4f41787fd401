import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import { createAhiClient } from '@ahi-dicom/ahi-client'
import { generateStudy, startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { imageSetInstances } from '@ahi-dicom/ahi-metadata'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mustSkip } from '../interop/tools.ts'
import { runPython } from './run-python.ts'
import { credentials, environmentOf, examplesFolder, start } from './start.ts'

const run = promisify(execFile)

/** Output of describe_study.py for a folder. */
interface Described {
  readonly instances: Readonly<Record<string, DescribedInstance>>
  readonly pictures: readonly unknown[]
}

interface DescribedInstance {
  readonly modality: string
  readonly rows?: number
  readonly columns?: number
  readonly slope?: number
  readonly intercept?: number
  readonly min?: number
  readonly max?: number
}

/** The study that the examples read, as local-ahi.ts generates it, and its pictures. */
const generated = [...generateStudy({ ctSlices: 6, ultrasoundFrames: 3 })]
const ctPicture = { mode: 'L', size: [512, 512], showsSomething: true }
const ultrasoundPicture = { mode: 'RGB', size: [320, 240], showsSomething: true }
const pictures = [...Array.from({ length: 6 }, () => ctPicture), ...Array.from({ length: 3 }, () => ultrasoundPicture)]

const isSkipped = mustSkip('the examples', { pythonModules: ['pydicom', 'numpy', 'PIL'] })

describe.skipIf(isSkipped)('the start script of', () => {
  let folder: string
  let emulator: Emulator
  /** pydicom's reading of the files before they are imported. */
  let original: Described

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ahi-dicom-examples-'))
    await mkdir(join(folder, 'original'))
    for (const { name, data } of generated) await writeFile(join(folder, 'original', name), data)
    original = await describeStudy(join(folder, 'original'))
    emulator = await startEmulator()
    await emulator.importDicom(join(folder, 'original'))
  })

  afterAll(async () => {
    await emulator.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('export-study writes what pydicom reads as it reads the imported files, and pictures of every frame', async () => {
    const out = join(folder, 'export-study')
    const printed = await start('export-study', { args: [out] })
    expect(printed).toContain('complete: 8 instances, 9 frames, 17 files')
    expect(printed).toContain('17 of 17 files are as the manifest says')
    expect(await countFiles(out)).toMatchObject({ '.dcm': 8, '.png': 9, '.ndjson': 1, '.json': 3 })
    expect(await describeStudy(out)).toEqual({ instances: original.instances, pictures })
  })

  test('export-study goes on with an export of the data store that the environment names', async () => {
    const args = [join(folder, 'resumed')]
    const env = environmentOf(emulator)
    expect(await start('export-study', { args, env })).toContain('complete: 8 instances')
    const again = await start('export-study', { args, env })
    expect(again).toContain('complete: 0 instances')
    expect(again).toContain('17 of 17 files are as the manifest says')
  })

  test('export-archive writes a ZIP, and verifies it', async () => {
    const printed = await start('export-archive', { args: [join(folder, 'study.zip')] })
    expect(printed).toContain('complete: 8 instances')
    expect(printed).toContain('8 of 8 files are as the manifest says')
  })

  test('ahi-to-dicom lists, loads and saves a study, and says how long each step took', async () => {
    const out = join(folder, 'ahi-to-dicom')
    const printed = await start('ahi-to-dicom', { args: [out] })
    expect(printed.match(/^\d+ .+(?= in \d+\.\d\d s$)/gm)).toEqual([
      '3 series listed',
      '6 instances of the longest series in memory',
      '8 instances of the study in memory',
      '9 PNGs saved',
      '8 DICOM files saved',
    ])
    expect(await countFiles(out)).toEqual({ '.dcm': 8, '.png': 9 })
    expect(await describeStudy(out)).toEqual({ instances: original.instances, pictures })
  })

  test('export-npy writes arrays that NumPy loads as pydicom reads the imported files', async () => {
    const out = join(folder, 'export-npy')
    expect(await start('export-npy', { args: [out] })).toContain('complete: 8 instances, 9 frames, 7 files')
    const compared: unknown[] = JSON.parse(await runPython('compare_npy.py', join(folder, 'original'), out))
    const slice = { type: 'int16', shape: [1, 512, 512], isEqual: true }
    const loop = { type: 'uint8', shape: [3, 240, 320, 3], isEqual: true }
    expect(compared).toHaveLength(7)
    expect(compared).toEqual(expect.arrayContaining([slice, loop]))
    expect(compared).not.toContainEqual(expect.objectContaining({ isEqual: false }))
  })

  test('load-series prints the size and the range that pydicom finds in the imported series', async () => {
    const slices = Object.values(original.instances).filter(({ modality }) => modality === 'CT')
    const { rows = 0, columns = 0, slope = 0, intercept = 0 } = slices[0] ?? {}
    const min = Math.min(...slices.map((slice) => slice.min ?? Number.NaN)) * slope + intercept
    const max = Math.max(...slices.map((slice) => slice.max ?? Number.NaN)) * slope + intercept
    const printed = await start('load-series')
    expect(printed).toContain(`${columns} x ${rows} x 6, Float32Array of ${columns * rows * 6}`)
    expect(printed).toContain(`min ${min}, max ${max} HU`)
  })

  test('load-series refuses to stack what is not grey slices', async () => {
    const { seriesInstanceUid } = await findInstance('US')
    const running = start('load-series', { args: [seriesInstanceUid], env: environmentOf(emulator) })
    await expect(running).rejects.toThrow('it is not one grey slice')
  })

  test('decode-code-stream decodes frames of the generated study where it is given no file', async () => {
    const printed = await start('decode-code-stream')
    expect(printed).toContain('header: 512 x 512 x 1')
    expect(printed).toContain('thumbnail: 64 x 64')
    expect(printed).toMatch(/^pool: +6 frames/m)
  })

  test('decode-code-stream decodes a file to the range that pydicom finds in the imported one', async () => {
    const { sopInstanceUid, codeStream } = await findInstance('CT')
    const path = join(folder, 'slice.j2c')
    await writeFile(path, codeStream)
    const printed = await start('decode-code-stream', { args: [path] })
    const { columns = 0, rows = 0, min, max } = original.instances[sopInstanceUid] ?? {}
    const picture = `${columns} x ${rows}, Int16Array of ${columns * rows}, min ${min}, max ${max}`
    expect(printed).toContain(`picture:   ${picture}`)
    expect(printed).toMatch(/^pool: +1 frames/m)
  })

  test('decode-code-stream says what is wrong with a file that is no code stream', async () => {
    const path = join(folder, 'text.j2c')
    await writeFile(path, 'no code stream')
    await expect(start('decode-code-stream', { args: [path] })).rejects.toThrow('CodeStreamError')
  })

  test('test-against-ahi runs its tests, which get an AHI by a fixture', async () => {
    expect(stripVTControlCharacters(await start('test-against-ahi'))).toMatch(/Tests +3 passed/)
  })

  test('test-against-ahi puts load on it, within the quotas of the service', async () => {
    const cwd = join(examplesFolder, 'test-against-ahi')
    const { stdout } = await run('npm', ['run', 'load', '--silent'], { cwd })
    expect(stdout).toMatch(/^1000 frames in [\d.]+ s$/m)
    expect(stripVTControlCharacters(stdout)).toMatch(/GetImageFrame: \{ '200': 1000/)
  })

  /** An instance of the emulator of this process with its first frame as it is stored. */
  async function findInstance(modality: string) {
    const { datastoreId } = emulator
    await using client = createAhiClient({ endpoint: emulator.endpoint, region: 'us-east-1', credentials })
    for await (const { imageSetId } of client.searchImageSets({ datastoreId })) {
      const metadata = await client.getImageSetMetadata({ datastoreId, imageSetId })
      for (const { seriesInstanceUid, sopInstanceUid, series, instance } of imageSetInstances(metadata)) {
        const [frame] = instance.ImageFrames
        if (series['Modality'] !== modality || frame === undefined) continue
        const { data } = await client.getImageFrame({ datastoreId, imageSetId, imageFrameId: frame.ID })
        return { seriesInstanceUid, sopInstanceUid, codeStream: data }
      }
    }
    throw new Error(`Expected an instance of ${modality} with a frame`)
  }
})

async function describeStudy(directory: string): Promise<Described> {
  return JSON.parse(await runPython('describe_study.py', directory))
}

async function countFiles(directory: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const extension = extname(entry.name)
    if (entry.isFile()) counts[extension] = (counts[extension] ?? 0) + 1
  }
  return counts
}
