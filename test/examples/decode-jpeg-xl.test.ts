import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { GENERATING_MODULES, mustSkip } from '../interop/tools.ts'
import { readZip } from './read-zip.ts'
import { runPython } from './run-python.ts'
import { environmentOf, start } from './start.ts'

const isSkipped = mustSkip('decode-jpeg-xl', { pythonModules: GENERATING_MODULES })

describe.skipIf(isSkipped)('decode-jpeg-xl', () => {
  let folder: string
  let originals: string
  let emulator: Emulator

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ahi-dicom-jpeg-xl-'))
    originals = join(folder, 'originals')
    await mkdir(originals)
    await runPython('make_jpeg_xl.py', originals)
    emulator = await startEmulator()
    await emulator.importDicom(originals)
  })

  afterAll(async () => {
    await emulator.close()
    await rm(folder, { recursive: true, force: true })
  })

  test('writes the samples that libjxl has encoded, as pydicom reads them', async () => {
    const out = join(folder, 'decoded')
    const printed = await start('decode-jpeg-xl', { args: [out], env: environmentOf(emulator) })
    expect(printed).toContain('complete: 6 instances, 8 frames')
    const decoded = { syntax: '1.2.840.10008.1.2.1', isEqual: true }
    expect(JSON.parse(await runPython('compare_jpeg_xl.py', originals, out))).toEqual({
      'MONOCHROME2 uint8 37x50 of 8 bits': decoded,
      'MONOCHROME2 uint16 37x50 of 12 bits': decoded,
      'MONOCHROME2 uint16 37x50 of 16 bits': decoded,
      'MONOCHROME2 int16 37x50 of 16 bits': decoded,
      'MONOCHROME2 uint16 3x37x50 of 16 bits': decoded,
      'RGB uint8 37x50x3 of 8 bits': decoded,
    })
  })

  test('does what the product does not: without its decoder the frames stay as they are stored', async () => {
    const zip = join(folder, 'stored.zip')
    await start('export-to-zip', { args: [zip], env: environmentOf(emulator) })
    const { manifest } = await readZip(zip)
    expect(manifest).toHaveLength(6)
    const stored = { transferSyntaxUid: '1.2.840.10008.1.2.4.112', notices: ['PIXELS_NOT_DECODED'] }
    for (const entry of manifest) expect(entry).toMatchObject(stored)
  })

  test('makes an image of its own where it is given no data store', async () => {
    const out = join(folder, 'ramp')
    expect(await start('decode-jpeg-xl', { args: [out] })).toContain('complete: 1 instances, 1 frames')
    const { instances } = JSON.parse(await runPython('describe_study.py', out))
    const sum = (65_535 * 65_536) / 2
    expect(Object.values(instances)).toMatchObject([{ rows: 256, columns: 256, min: 0, max: 65_535, sum }])
  })
})
