import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateStudy, startEmulator, type Emulator, type GeneratedFile } from '@ahi-dicom/ahi-emulator'
import { createExporter, type ErrorEntry, type Exporter } from '@ahi-dicom/exporter'
import { afterAll, beforeAll, expect, test } from 'vitest'

let folder: string
let emulator: Emulator
let exporter: Exporter
let whole: string
let gapped: string

async function importFiles(name: string, files: readonly GeneratedFile[]): Promise<string> {
  const { datastoreId } = await emulator.createDatastore({ name })
  const input = await mkdtemp(join(folder, 'input-'))
  for (const file of files) await writeFile(join(input, file.name), file.data)
  await emulator.importDicom(input, { datastoreId })
  return datastoreId
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'load-volume-'))
  emulator = await startEmulator({ data: join(folder, 'ahi') })
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  exporter = createExporter({ endpoint: emulator.endpoint, region: 'us-east-1', credentials })
  const study = [...generateStudy({ ctSlices: 4, ultrasoundFrames: 0 })]
  whole = await importFiles('whole', study)
  gapped = await importFiles(
    'gapped',
    study.filter(({ name }) => name !== 'CT0002.dcm'),
  )
})

afterAll(async () => {
  await exporter.close()
  await emulator.close()
  await rm(folder, { recursive: true, force: true })
})

test('the volumes of a study are its series of images, verified and in Hounsfield units', async () => {
  const [volume, ...others] = await exporter.loadVolume({ datastoreId: whole, selectors: 'all', values: 'real-world' })
  expect(others).toEqual([])
  expect(volume).toMatchObject({ name: '', shape: [4, 512, 512], dtype: 'int32', units: 'HU', warnings: [] })
  const [study] = volume === undefined ? [] : volume.instances
  expect(volume?.frameOf(0)?.sopInstanceUid).toBe(study?.sopInstanceUid)
  const middle = volume?.data[256 + 512 * (256 + 512 * 2)] ?? NaN
  expect(middle).toBeGreaterThan(-200)
  expect(middle).toBeLessThan(2000)
})

test('a missing slice is thrown, or reported while other volumes are read', async () => {
  const options = { datastoreId: gapped, selectors: 'all' } as const
  await expect(exporter.loadVolume(options)).rejects.toMatchObject({ code: 'VOLUME_GAP' })
  const failures: ErrorEntry[] = []
  expect(await exporter.loadVolume({ ...options, onFailure: (failure) => void failures.push(failure) })).toEqual([])
  expect(failures).toMatchObject([{ code: 'VOLUME_GAP', datastoreId: gapped, retryable: false }])
  const [filled] = await exporter.loadVolume({ ...options, gaps: 'fill' })
  expect(filled?.shape).toEqual([4, 512, 512])
})

test('an aborted signal ends the reading', async () => {
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(exporter.loadVolume({ datastoreId: whole, selectors: 'all', signal })).rejects.toThrow('enough')
})
