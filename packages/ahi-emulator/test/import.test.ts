import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  NothingToImportError,
  UnknownDatastoreError,
  generateStudy,
  startEmulator,
  type Emulator,
  type ImportReport,
} from '@ahi-dicom/ahi-emulator'
import { array, assert, asyncProperty, integer, nat, record } from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, frameOf, instancesOf, metadataOf } from './support/client.ts'
import { secondaryCapture } from './support/secondary-capture.ts'

describe('an import', () => {
  let emulator: Emulator
  let folder: string

  beforeAll(async () => {
    emulator = await startEmulator()
    folder = await mkdtemp(join(tmpdir(), 'ahi-emulator-test-'))
  })

  afterAll(async () => {
    await emulator.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** Imports into a new data store. */
  async function importInto(
    ...batches: (readonly Uint8Array[])[]
  ): Promise<{ datastoreId: string; reports: ImportReport[] }> {
    const { datastoreId } = await emulator.createDatastore()
    const reports: ImportReport[] = []
    for (const files of batches) reports.push(await emulator.importDicom(files, { datastoreId }))
    return { datastoreId, reports }
  }

  test('adds instances of one series to one primary image set, in the order of their UIDs', async () => {
    const uids = ['2.25.1.10', '2.25.1.9', '2.25.1.1']
    const { datastoreId, reports } = await importInto(
      uids.map((SOPInstanceUID) => secondaryCapture({ SOPInstanceUID })),
    )
    expect(reports).toMatchObject([
      { imported: 3, rejected: [], warnings: [], imageSets: [{ versionId: '1', isPrimary: true }] },
    ])
    const place = { endpoint: emulator.endpoint, datastoreId, imageSetId: reports[0]?.imageSets[0]?.imageSetId ?? '' }
    const { Study } = await metadataOf(place)
    expect(Object.keys(Study.Series)).toEqual(['2.25.100'])
    expect(Object.keys(Study.Series['2.25.100']?.Instances ?? {})).toEqual(['2.25.1.1', '2.25.1.10', '2.25.1.9'])
  })

  test.each(['StudyDate', 'AccessionNumber', 'PatientID', 'StudyID', 'SeriesNumber'])(
    'creates a non-primary image set for an instance that differs from its series in %s',
    async (keyword) => {
      const value = keyword === 'StudyDate' ? '20200101' : '9'
      const { reports } = await importInto(
        [secondaryCapture()],
        [secondaryCapture({ [keyword]: value, SOPInstanceUID: '2.25.2' })],
      )
      expect(reports).toMatchObject([
        { imageSets: [{ isPrimary: true }] },
        { imageSets: [{ isPrimary: false, versionId: '1' }] },
      ])
    },
  )

  test('creates a new version if an instance is imported again, and keeps the old one', async () => {
    const first = secondaryCapture({ ImageComments: 'before' }, Uint8Array.from([1, 2, 3, 4]))
    const other = secondaryCapture({ SOPInstanceUID: '2.25.2' })
    const again = secondaryCapture({ ImageComments: 'after', StudyDescription: 'new' }, Uint8Array.from([5, 6, 7, 8]))
    const { datastoreId, reports } = await importInto([first, other], [again])
    expect(reports[1]?.imageSets).toEqual([{ ...reports[0]?.imageSets[0], versionId: '2' }])
    const place = { endpoint: emulator.endpoint, datastoreId, imageSetId: reports[0]?.imageSets[0]?.imageSetId ?? '' }
    const [before, after] = await Promise.all([metadataOf(place, '1'), metadataOf(place)])
    expect(instancesOf(before).map(({ DICOM }) => DICOM['ImageComments'])).toEqual(['before', undefined])
    expect(instancesOf(after).map(({ DICOM }) => DICOM['ImageComments'])).toEqual(['after', undefined])
    expect(after.Study.DICOM['StudyDescription']).toBe('new')
    expect(instancesOf(after)[1]).toEqual(instancesOf(before)[1])
    const oldFrame = instancesOf(before)[0]?.ImageFrames[0]
    expect(await frameOf(place, oldFrame?.ID ?? '')).toHaveLength(oldFrame?.FrameSizeInBytes ?? -1)
    const versions = await call(
      emulator.endpoint,
      `/datastore/${datastoreId}/imageSet/${place.imageSetId}/listImageSetVersions`,
    )
    expect(versions.json['imageSetPropertiesList']).toMatchObject([
      { versionId: '2', ImageSetWorkflowStatus: 'IMPORTED', imageSetState: 'ACTIVE' },
      { versionId: '1', ImageSetWorkflowStatus: 'CREATED', imageSetState: 'ACTIVE' },
    ])
  })

  test('keeps the last of several instances with the same UID', async () => {
    const files = ['first', 'last'].map((ImageComments) => secondaryCapture({ ImageComments }))
    const { datastoreId, reports } = await importInto(files)
    expect(reports).toMatchObject([{ imported: 2, imageSets: [{ versionId: '1' }] }])
    const place = { endpoint: emulator.endpoint, datastoreId, imageSetId: reports[0]?.imageSets[0]?.imageSetId ?? '' }
    expect(instancesOf(await metadataOf(place)).map(({ DICOM }) => DICOM['ImageComments'])).toEqual(['last'])
  })

  test('keeps the first value of a shared attribute, and warns', async () => {
    const files = [
      secondaryCapture({ PatientSex: 'F' }),
      secondaryCapture({ PatientSex: 'M', SOPInstanceUID: '2.25.2' }),
    ]
    const { reports } = await importInto(files)
    expect(reports[0]?.warnings).toEqual([
      {
        file: '#2',
        message: "PatientSex differ from the image set's other instances, whose values are kept",
        code: 45056,
        type: 'CoercionOfDataElements',
      },
    ])
  })

  test('reports files that are not DICOM, and continues', async () => {
    const path = join(folder, 'mixed')
    await mkdir(join(path, 'deep', 'er'), { recursive: true })
    await writeFile(join(path, 'deep', 'er', 'good.dcm'), secondaryCapture())
    await writeFile(join(path, 'broken.dcm'), secondaryCapture().subarray(0, 400))
    await writeFile(join(path, 'empty'), '')
    await writeFile(join(path, 'notes.txt'), 'not DICOM '.repeat(100))
    await symlink(path, join(path, 'deep', 'loop'))
    const { datastoreId } = await emulator.createDatastore()
    const report = await emulator.importDicom(path, { datastoreId })
    expect(report.imported).toBe(1)
    expect(report.rejected).toEqual([
      { file: join(path, 'broken.dcm'), reason: expect.stringMatching(/^truncated: /) },
      { file: join(path, 'empty'), reason: expect.stringMatching(/^not a DICOM Part 10 file/) },
      { file: join(path, 'notes.txt'), reason: expect.stringMatching(/^not a DICOM Part 10 file/) },
    ])
  })

  test('fails for a folder without DICOM', async () => {
    const path = join(folder, 'other')
    await mkdir(path)
    await expect(emulator.importDicom(path)).rejects.toThrow(NothingToImportError)
    await expect(emulator.importDicom(path)).rejects.toThrow(
      `Cannot import ${path}: there are no files. Give files or folders that contain DICOM Part 10 files`,
    )
    await writeFile(join(path, 'notes.txt'), 'text')
    await expect(emulator.importDicom([path])).rejects.toThrow('none of the 1 files is DICOM')
    await expect(emulator.importDicom(join(path, 'missing'))).rejects.toThrow('there is no such file or folder')
    await expect(emulator.importDicom([])).rejects.toThrow('there are no files')
    await expect(emulator.importDicom([new Uint8Array(3)])).rejects.toThrow('Cannot import the given bytes')
  })

  test('refuses a data store that does not exist', async () => {
    await expect(emulator.importDicom([secondaryCapture()], { datastoreId: 'x' })).rejects.toThrow(
      UnknownDatastoreError,
    )
  })

  test.each([
    [{ SOPInstanceUID: null }, 'DICOM attribute SOPInstanceUID does not exist'],
    [{ StudyInstanceUID: null }, 'DICOM attribute StudyInstanceUID does not exist'],
    [{ SeriesInstanceUID: 'not a uid' }, 'DICOM attribute SeriesInstanceUID is not a UID'],
    [{ PatientName: 'x'.repeat(257) }, 'DICOM attribute PatientName has 257 characters, but the limit is 256'],
  ])('rejects %j', async (attributes, reason) => {
    const sopInstanceUid = 'SOPInstanceUID' in attributes ? { MediaStorageSOPInstanceUID: '2.25.1' } : {}
    const file = secondaryCapture({ ...sopInstanceUid, ...attributes })
    const { reports } = await importInto([file, secondaryCapture()])
    expect(reports).toMatchObject([{ imported: 1, rejected: [{ file: '#1', reason }] }])
  })

  test('imports instances without pixels', async () => {
    const files = Array.from(generateStudy({ ctSlices: 0, ultrasoundFrames: 0 }), ({ data }) => data)
    const { datastoreId, reports } = await importInto(files)
    const place = { endpoint: emulator.endpoint, datastoreId, imageSetId: reports[0]?.imageSets[0]?.imageSetId ?? '' }
    const [instance] = instancesOf(await metadataOf(place))
    expect(instance?.ImageFrames).toEqual([])
    expect(instance).not.toHaveProperty('StoredTransferSyntaxUID')
  })

  test('survives any damaged file', async () => {
    const whole = secondaryCapture({
      ReferencedImageSequence: [{ ReferencedSOPClassUID: '1.2', ReferencedSOPInstanceUID: '1.3' }],
    })
    const damage = record({
      at: nat(whole.length - 1),
      byte: nat(255),
      length: integer({ min: 133, max: whole.length }),
    })
    await assert(
      asyncProperty(array(damage, { minLength: 1, maxLength: 4 }), async (damages) => {
        const damaged = Uint8Array.from(whole)
        for (const { at, byte } of damages) damaged[at] = byte
        const file = damaged.subarray(0, damages[0]?.length)
        const report = await emulator.importDicom([secondaryCapture({ SOPInstanceUID: '2.25.7' }), file])
        expect(report.imported + report.rejected.length).toBe(2)
      }),
      { numRuns: 150 },
    )
  })
})
