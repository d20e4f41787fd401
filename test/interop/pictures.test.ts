import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { createExporter } from '@ahi-dicom/exporter'
import { renderFrame } from '@ahi-dicom/renderer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasSampleFiles, readCases, type ReferenceCase } from '../../packages/renderer/test/reference-cases.ts'
import { exportPictures, type ExportedPicture } from './exported-pictures.ts'
import { connection } from './round-trip.ts'
import { mustSkip } from './tools.ts'

/** Pictures of an export, read by Pillow, beside what pydicom reads of the files that were imported. */
const requirements = { pythonModules: ['pydicom', 'numpy', 'PIL'] }

describe.skipIf(mustSkip('pictures through emulator and exporter', requirements))('pictures of an export', () => {
  let folder: string
  let cases: readonly ReferenceCase[]
  let pictures: readonly ExportedPicture[]
  let refused: readonly string[]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pictures-'))
    await mkdir(join(folder, 'reference'))
    cases = readCases(join(folder, 'reference')).filter(({ windowIndex }) => windowIndex === undefined)
    await using emulator = await startEmulator({ data: join(folder, 'ahi') })
    await using exporter = createExporter(connection(emulator.endpoint))
    const files = [...new Set(cases.map(({ file }) => file))]
    ;({ pictures, refused } = await exportPictures(files, { emulator, exporter, folder }))
  })

  function compare(wanted: readonly ReferenceCase[]): { name: string; difference: number }[] {
    return wanted.flatMap((entry) => {
      const picture = pictures.find(({ file, frame }) => file === entry.file && frame === entry.frame)
      return picture === undefined ? [] : [{ name: entry.name, difference: differenceOf(entry, picture) }]
    })
  }

  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('are there of every frame of what a data store takes', () => {
    const taken = cases.filter(({ file }) => !refused.includes(file))
    const missing = taken.filter(
      (entry) => !pictures.some(({ file, frame }) => file === entry.file && frame === entry.frame),
    )
    expect(missing.map(({ name, frame }) => `${name}, frame ${frame + 1}`)).toEqual([])
  })

  test('are exactly those of the frames that pydicom reads, by the attributes that it reads', () => {
    const compared = compare(cases.filter(({ isLossy }) => !isLossy))
    expect(compared.length).toBeGreaterThan(hasSampleFiles ? 130 : 65)
    expect(compared.filter(({ difference }) => difference > 0)).toEqual([])
  })

  // The inverse cosine transform of JPEG and the transform of JPEG 2000 may be rounded in different ways.
  test('are within 3 of 255 levels of those where decoders may differ', () => {
    const compared = compare(cases.filter(({ isLossy }) => isLossy))
    expect(compared.length).toBeGreaterThan(hasSampleFiles ? 20 : -1)
    expect(compared.filter(({ difference }) => difference > 3)).toEqual([])
  })

  test('note the size of pixels by the functional groups of their frame', () => {
    const enhanced = pictures.filter(({ file }) => basename(file) === 'enhanced, groups of frames.dcm')
    expect(enhanced.map(({ density }) => density)).toEqual([
      [4000, 2000],
      [4000, 2000],
      [1000, 1000],
    ])
  })
})

function differenceOf({ image, pixels }: ReferenceCase, { samples, size }: ExportedPicture): number {
  const { data, width, height, channels } = renderFrame(pixels, image, { overlays: true })
  expect(size).toEqual([width, height, channels])
  let largest = 0
  for (let i = 0; i < data.length; i++) largest = Math.max(largest, Math.abs((data[i] ?? 0) - (samples[i] ?? Infinity)))
  return largest
}
