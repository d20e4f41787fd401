import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseJsonLines } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'
import { startCli } from './support/run-cli.ts'

const nowhere = '0'.repeat(32)
let ahi: LocalAhi

beforeAll(async () => {
  ahi = await startLocalAhi()
})
afterAll(() => ahi[Symbol.asyncDispose]())

describe('datastores', () => {
  test('prints a table', async () => {
    const { exitCode, stdout, stderr } = await ahi.run(['datastores'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^DatastoreId +Name +Status +Created\n/)
    expect(stdout).toContain(ahi.emulator.datastoreId)
  })

  test('prints a line of JSON for each', async () => {
    const { stdout } = await ahi.run(['datastores', '--json'])
    expect(parseJsonLines(stdout)).toMatchObject([{ datastoreId: ahi.emulator.datastoreId, datastoreStatus: 'ACTIVE' }])
  })
})

describe('search', () => {
  test('lists image sets under their studies, without what names the patient', async () => {
    const { exitCode, stdout, stderr } = await ahi.run(['search'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    for (const { imageSetId, seriesInstanceUid } of ahi.imageSets) {
      expect(stdout).toMatch(new RegExp(`^ {2}${imageSetId} .* ${seriesInstanceUid}$`, 'm'))
    }
    expect(stdout).toMatch(new RegExp(`^study {2}${ahi.studyInstanceUid} {2}\\d{8}$`, 'm'))
    expect(stdout).not.toContain('patient')
  })

  test('names the patient when asked to', async () => {
    const { stdout } = await ahi.run(['search', '--show-patient'])
    expect(stdout).toContain(`patientId=${ahi.imageSets[0]?.patientId}  patientName=`)
  })

  test('prints lines of JSON, with the patient only when asked to', async () => {
    const without = await ahi.run(['search', '--json'])
    expect(parseJsonLines(without.stdout).map(({ imageSetId }) => imageSetId)).toEqual(
      ahi.imageSets.map(({ imageSetId }) => imageSetId),
    )
    expect(without.stdout).not.toContain('patient')
    const shown = await ahi.run(['search', '--json', '--show-patient'])
    expect(parseJsonLines(shown.stdout)[0]).toMatchObject({ patientId: ahi.imageSets[0]?.patientId })
  })

  test('combines filters that AHI does not combine', async () => {
    const [imageSet] = ahi.imageSets
    const patient = ['--patient-id', imageSet?.patientId ?? '', '--study', ahi.studyInstanceUid]
    const found = await ahi.run(['search', '--json', ...patient, '--updated-since', '2020-01-01'])
    expect(parseJsonLines(found.stdout)).toHaveLength(ahi.imageSets.length)
    const series = await ahi.run(['search', '--json', ...patient, '--series', imageSet?.seriesInstanceUid ?? ''])
    expect(parseJsonLines(series.stdout)).toHaveLength(1)
    const other = await ahi.run(['search', '--json', '--patient-id', 'nobody', '--study', ahi.studyInstanceUid])
    expect(other).toEqual({ exitCode: 3, stdout: '', stderr: 'ahi-dicom: no image sets match\n' })
  })

  test('says that nothing matches', async () => {
    const { exitCode, stdout, stderr } = await ahi.run(['search', '--study-date', '19000101-19000102'])
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 3,
      stdout: '',
      stderr: 'ahi-dicom: no image sets match\n',
    })
  })

  test('fails for a data store that does not exist', async () => {
    const { exitCode, stderr } = await ahi.run(['search', '--datastore-id', nowhere])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('404')
  })

  test('ends quietly when nobody reads on', async () => {
    const { child, result } = startCli(['search', '--json'], { env: ahi.env })
    child.stdout.destroy()
    expect(await result).toEqual({ exitCode: 0, stdout: '', stderr: '' })
  })
})

describe('series', () => {
  test('prints the series of a study with their image sets', async () => {
    const { exitCode, stdout, stderr } = await ahi.run(['series', '--study', ahi.studyInstanceUid])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout.split('\n')[0]?.split(/ +/)).toEqual([
      'ImageSetId',
      'SeriesNumber',
      'Modality',
      'SeriesDescription',
      'InstanceCount',
      'SeriesInstanceUID',
    ])
    for (const { imageSetId } of ahi.imageSets) expect(stdout).toContain(imageSetId)
  })

  test('counts the instances, as JSON too', async () => {
    const { stdout } = await ahi.run(['series', '--study', ahi.studyInstanceUid, '--json'])
    const counts = parseJsonLines(stdout).map(({ instanceCount }) => Number(instanceCount))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(ahi.imported)
  })

  test('of a study that is not there selects nothing', async () => {
    const { exitCode, stdout, stderr } = await ahi.run(['series', '--study', '1.2.3'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
    expect(stderr).toContain("Cannot find '1.2.3'")
  })
})

describe('metadata', () => {
  test('prints the document', async () => {
    const imageSetId = ahi.imageSets[0]?.imageSetId ?? ''
    const { exitCode, stdout, stderr } = await ahi.run(['metadata', imageSetId, '--version-id', '1'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(parseJsonLines(stdout)).toMatchObject([{ SchemaVersion: '1.1', ImageSetID: imageSetId }])
  })

  test('fails for an image set that does not exist', async () => {
    const { exitCode, stdout, stderr } = await ahi.run(['metadata', nowhere])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toMatch(/^ahi-dicom: Cannot .*404/)
  })
})
