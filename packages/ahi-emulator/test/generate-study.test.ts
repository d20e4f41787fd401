import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateStudy, startEmulator, type GeneratedFile } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { standardErrorOf, hasCommand } from './support/tools.ts'

const hasDciodvfy = hasCommand('dciodvfy')

describe('generateStudy', () => {
  let folder: string
  let files: GeneratedFile[]

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ahi-emulator-test-'))
    files = [...generateStudy({ ctSlices: 6 })]
  })

  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('generates the same bytes only for the same seed', () => {
    const options = { ctSlices: 1, ultrasoundFrames: 1 }
    const one = [...generateStudy(options)]
    expect([...generateStudy(options)]).toEqual(one)
    const other = [...generateStudy({ ...options, seed: 2 })]
    expect(other.map(({ name }) => name)).toEqual(one.map(({ name }) => name))
    for (const [index, { data }] of other.entries()) expect(data).not.toEqual(one[index]?.data)
  })

  test('omits series and reports on request', () => {
    expect(namesOf({ ctSlices: 2, ultrasoundFrames: 0, report: false })).toEqual(['CT0001.dcm', 'CT0002.dcm'])
    expect(namesOf({ ctSlices: 0, ultrasoundFrames: 1, report: false })).toEqual(['US0001.dcm'])
    expect(namesOf({ ctSlices: 0, ultrasoundFrames: 0 })).toEqual(['SR0001.dcm'])
  })

  test('generates files lazily', () => {
    const study = generateStudy({ ctSlices: 1_000_000 })
    expect(study.next().value?.name).toBe('CT0001.dcm')
    study.return(undefined)
  })

  test.skipIf(!hasDciodvfy)('generates files without errors according to dciodvfy', async () => {
    const errors: string[] = []
    for (const { name, data } of files) {
      await writeFile(join(folder, name), data)
      const stderr = standardErrorOf('dciodvfy', '-new', join(folder, name))
      errors.push(...stderr.split('\n').filter((line) => line.startsWith('Error')))
    }
    expect(errors).toEqual([])
  })

  test('is imported as three series', async () => {
    await using emulator = await startEmulator()
    const report = await emulator.importDicom(files.map(({ data }) => data))
    expect(report).toMatchObject({ imported: 8, rejected: [], warnings: [] })
    expect(report.imageSets).toHaveLength(3)
  })
})

function namesOf(options: Parameters<typeof generateStudy>[0]): string[] {
  return Array.from(generateStudy(options), ({ name }) => name)
}
