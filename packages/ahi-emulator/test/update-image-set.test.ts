import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { call, frameOf, importAlone, instancesOf, metadataOf, type ImageSetPlace } from './support/client.ts'
import {
  copy,
  destinationOf,
  foundIn,
  holdWrites,
  post,
  propertiesOf,
  settled,
  update,
  type UpdateQuery,
  type Updates,
} from './support/modify.ts'
import { secondaryCapture } from './support/secondary-capture.ts'

const seriesUid = '2.25.100'

describe('UpdateImageSetMetadata', () => {
  let emulator: Emulator

  beforeAll(async () => {
    emulator = await startEmulator()
  })

  afterAll(() => emulator.close())

  function imported(...attributes: Parameters<typeof secondaryCapture>[0][]): Promise<ImageSetPlace> {
    const files = attributes.length === 0 ? [secondaryCapture()] : attributes.map((one) => secondaryCapture(one))
    return importAlone(emulator, files)
  }

  /** Creates a non-primary image set. */
  async function copied(...attributes: Parameters<typeof secondaryCapture>[0][]): Promise<ImageSetPlace> {
    const place = await imported(...attributes)
    const destination = destinationOf(place, await copy(place))
    await settled(destination)
    return destination
  }

  test('creates a new version and returns it at once, and keeps the old one', async () => {
    const place = await copied({ StudyDescription: 'CHEST' })
    const before = await metadataOf(place)
    const updatable = { SchemaVersion: 1.1, Patient: { DICOM: { PatientName: 'MX^MX' } } }
    const { status, json } = await update(place, { updatable })
    expect([status, json]).toEqual([
      200,
      {
        datastoreId: place.datastoreId,
        imageSetId: place.imageSetId,
        latestVersionId: '2',
        imageSetState: 'LOCKED',
        imageSetWorkflowStatus: 'UPDATING',
        createdAt: expect.any(Number),
        updatedAt: expect.any(Number),
      },
    ])
    expect(await settled(place)).toMatchObject({
      versionId: '2',
      imageSetState: 'ACTIVE',
      imageSetWorkflowStatus: 'UPDATED',
    })
    expect(await metadataOf(place, '1')).toEqual(before)
    const after = { ...before, Patient: { DICOM: { ...before.Patient.DICOM, PatientName: 'MX^MX' } } }
    expect(await metadataOf(place)).toEqual(after)
  })

  test('lets searches find the new values, not the old ones', async () => {
    const place = await copied()
    const changes = { Patient: { DICOM: { PatientID: 'NEW' } }, Study: { DICOM: { AccessionNumber: 'A2' } } }
    await update(place, { updatable: changes })
    await settled(place)
    const found = async (value: Record<string, string>): Promise<unknown> => {
      const body = { filters: [{ operator: 'EQUAL', values: [value] }] }
      const { json } = await call(place.endpoint, `/datastore/${place.datastoreId}/searchImageSets`, { body })
      return json['imageSetsMetadataSummaries']
    }
    const expected = [{ imageSetId: place.imageSetId, version: 2, DICOMTags: { DICOMPatientId: 'NEW' } }]
    expect(await found({ DICOMPatientId: 'NEW' })).toMatchObject(expected)
    expect(await found({ DICOMAccessionNumber: 'A2' })).toMatchObject(expected)
    expect(await found({ DICOMPatientId: 'P1' })).toHaveLength(1)
  })

  test('locks the image set until it is applied: reads work, other writes do not', async () => {
    const place = await copied()
    const held = await holdWrites(emulator)
    const updatable = { Patient: { DICOM: { PatientName: 'A' } } }
    expect((await update(place, { updatable })).status).toBe(200)
    expect(await propertiesOf(place)).toMatchObject({
      versionId: '2',
      imageSetState: 'LOCKED',
      imageSetWorkflowStatus: 'UPDATING',
    })
    expect((await metadataOf(place)).Patient.DICOM['PatientName']).toBe('Test^Anna')
    const [frame] = instancesOf(await metadataOf(place)).flatMap(({ ImageFrames }) => ImageFrames)
    expect(await frameOf(place, frame?.ID ?? '')).toHaveLength(frame?.FrameSizeInBytes ?? 0)
    const refused = [
      await update(place, { updatable }, { latestVersion: 2 }),
      await copy(place, { latestVersion: '2' }),
      await post(place, 'deleteImageSet'),
    ]
    for (const { status, headers, json } of refused) {
      expect([status, headers.get('x-amzn-errortype'), json['message']]).toEqual([
        409,
        'ConflictException',
        `Image set ${place.imageSetId} is locked by another operation`,
      ])
    }
    await held.release()
    expect(await settled(place)).toMatchObject({ imageSetWorkflowStatus: 'UPDATED' })
  })

  test('refuses any version but the latest', async () => {
    const place = await copied()
    await update(place, { updatable: { Patient: { DICOM: { PatientName: 'A' } } } })
    await settled(place)
    const updatable = { Patient: { DICOM: { PatientName: 'B' } } }
    expect((await update(place, { updatable }, { latestVersion: 1 })).status).toBe(409)
    expect((await update(place, { updatable }, { latestVersion: 3 })).status).toBe(400)
    expect((await post(place, 'updateImageSetMetadata', { DICOMUpdates: {} })).json['message']).toMatch(
      /^1 validation error detected: Value null at 'latestVersionId' failed/,
    )
  })

  test('reverts to an earlier version, byte for byte', async () => {
    const place = await copied({ SOPInstanceUID: '2.25.1' }, { SOPInstanceUID: '2.25.2' })
    const first = await documentOf(place, '1')
    await update(place, { removable: instanceTree('2.25.2', {}) })
    expect(await settled(place)).toMatchObject({ imageSetWorkflowStatus: 'UPDATED' })
    expect(Object.keys((await metadataOf(place)).Study.Series[seriesUid]?.Instances ?? {})).toEqual(['2.25.1'])
    expect((await update(place, { revertTo: '2' }, { latestVersion: 2 })).status).toBe(400)
    expect((await update(place, { revertTo: '1' }, { latestVersion: 2 })).json['latestVersionId']).toBe('3')
    expect(await settled(place)).toMatchObject({ versionId: '3', imageSetWorkflowStatus: 'UPDATED' })
    expect(await documentOf(place, '3')).toEqual(first)
    for (const { ImageFrames } of instancesOf(await metadataOf(place))) {
      for (const { ID } of ImageFrames) expect((await frameOf(place, ID)).byteLength).toBeGreaterThan(0)
    }
    const { json } = await post(place, 'listImageSetVersions')
    expect(json['imageSetPropertiesList']).toMatchObject(
      ['3', '2', '1'].map((versionId) => ({ versionId, imageSetState: 'ACTIVE' })),
    )
  })

  test('removes attributes with the given values, and instances', async () => {
    const place = await copied({ StudyDescription: 'CHEST', SOPInstanceUID: '2.25.1' }, { SOPInstanceUID: '2.25.2' })
    await update(place, {
      removable: {
        Study: { DICOM: { StudyDescription: 'CHEST' }, ...instanceTree('2.25.2', {}).Study },
      },
    })
    expect(await settled(place)).toMatchObject({ imageSetWorkflowStatus: 'UPDATED' })
    const { Study } = await metadataOf(place)
    expect(Study.DICOM).not.toHaveProperty('StudyDescription')
    expect(Object.keys(Study.Series[seriesUid]?.Instances ?? {})).toEqual(['2.25.1'])
  })

  test.each([
    [
      'another value',
      { removable: { Study: { DICOM: { StudyDescription: 'HEAD' } } } },
      'StudyDescription does not have the value to remove',
    ],
    [
      'a missing attribute',
      { removable: { Patient: { DICOM: { EthnicGroup: 'X' } } } },
      'EthnicGroup does not have the value to remove',
    ],
    ['a missing instance', { removable: instanceTree('2.25.9', {}) }, 'Instance 2.25.9 is not in the image set'],
    ['a missing series', { updatable: { Study: { Series: { '2.25.8': {} } } } }, 'Series 2.25.8 is not in the'],
    ['the last instance', { removable: instanceTree('2.25.1', {}) }, 'An image set must have instances'],
    ['the last series', { removable: { Study: { Series: { [seriesUid]: {} } } } }, 'An image set must have instances'],
  ])('fails for %s: the new version has a message and the previous document', async (_, updates, message) => {
    const place = await copied({ StudyDescription: 'CHEST' })
    const before = await documentOf(place, '1')
    expect((await update(place, updates)).status).toBe(200)
    const properties = await settled(place)
    expect(properties).toMatchObject({
      versionId: '2',
      imageSetState: 'ACTIVE',
      imageSetWorkflowStatus: 'UPDATE_FAILED',
      message: expect.stringContaining(`INVALID_REQUEST: ${message}`),
    })
    // Pattern of Message in the API's model.
    expect(properties['message']).toMatch(/^[\w -:`]+$/)
    expect(await documentOf(place, '2')).toEqual(before)
  })

  test('changes UIDs with force: the document is keyed by them, and the frames stay', async () => {
    const place = await copied({ SOPInstanceUID: '2.25.1' }, { SOPInstanceUID: '2.25.2' })
    const updatable = {
      Study: {
        DICOM: { StudyInstanceUID: '2.25.77' },
        Series: {
          [seriesUid]: {
            DICOM: { SeriesInstanceUID: '2.25.88' },
            Instances: { '2.25.1': { DICOM: { SOPInstanceUID: '2.25.99' } } },
          },
        },
      },
    }
    expect((await update(place, { updatable })).json['message']).toBe(
      'StudyInstanceUID identifies instances: set the force flag to change it',
    )
    expect((await update(place, { updatable }, { force: true })).status).toBe(200)
    expect(await settled(place)).toMatchObject({ imageSetWorkflowStatus: 'UPDATED', overrides: { forced: true } })
    expect(await propertiesOf(place, '1')).not.toHaveProperty('overrides')
    const { Study } = await metadataOf(place)
    expect(Object.keys(Study.Series)).toEqual(['2.25.88'])
    expect(Object.keys(Study.Series['2.25.88']?.Instances ?? {})).toEqual(['2.25.2', '2.25.99'])
    const { datastoreId } = place
    const filters = [{ operator: 'EQUAL', values: [{ DICOMSeriesInstanceUID: '2.25.88' }] }]
    const { json } = await call(place.endpoint, `/datastore/${datastoreId}/searchImageSets`, { body: { filters } })
    expect(json['imageSetsMetadataSummaries']).toMatchObject([
      { imageSetId: place.imageSetId, DICOMTags: { DICOMStudyInstanceUID: '2.25.77' } },
    ])
    await update(place, { updatable: renameTree('2.25.88', '2.25.2', '2.25.99') }, { latestVersion: 2, force: true })
    expect(await settled(place)).toMatchObject({
      imageSetWorkflowStatus: 'UPDATE_FAILED',
      message: 'INVALID_REQUEST: SOPInstanceUID 2.25.99 is not unique in the image set',
    })
  })

  test('adds, changes and removes private attributes with force', async () => {
    const place = await copied()
    const key = '001910F9'
    const attribute = (value: unknown): unknown => instanceTree('2.25.1', { DICOM: { [key]: value } })
    const withVr = instanceTree('2.25.1', { DICOM: { [key]: '97' }, DICOMVRs: { [key]: 'DS' } })
    const steps: [Updates, string][] = [
      [{ updatable: attribute('97') }, 'UPDATE_FAILED'],
      [{ updatable: withVr }, 'UPDATED'],
      [{ updatable: attribute('98') }, 'UPDATED'],
      [{ removable: attribute('97') }, 'UPDATE_FAILED'],
      [{ removable: attribute('98') }, 'UPDATED'],
    ]
    const seen: unknown[] = []
    for (const [index, [updates, status]] of steps.entries()) {
      expect((await update(place, updates, { latestVersion: index + 1 })).status).toBe(400)
      await update(place, updates, { latestVersion: index + 1, force: true })
      expect(await settled(place)).toMatchObject({ imageSetWorkflowStatus: status })
      const [instance] = instancesOf(await metadataOf(place))
      seen.push([instance?.DICOM[key], instance?.DICOMVRs[key]])
    }
    expect(seen).toEqual([
      [undefined, undefined],
      ['97', 'DS'],
      ['98', 'DS'],
      ['98', 'DS'],
      [undefined, undefined],
    ])
  })

  test.each<[string, Updates, UpdateQuery, string]>([
    [
      'nothing',
      {},
      {},
      'Either DICOMUpdates with removableAttributes or updatableAttributes, or revertToVersionId, is required',
    ],
    ['text that is not JSON', { updatable: 'no JSON' }, {}, 'updatableAttributes is not JSON'],
    ['an array', { updatable: [] }, {}, 'updatableAttributes is not a JSON object'],
    ['another schema', { updatable: { SchemaVersion: '2' } }, {}, 'SchemaVersion of updatableAttributes is not 1.1'],
    ['an unknown member', { updatable: { Pation: {} } }, {}, 'updatableAttributes can only have Patient and Study'],
    [
      'a generated key',
      { updatable: { ImageSetID: 'x' } },
      { force: true },
      'ImageSetID is generated by AWS HealthImaging and cannot be changed',
    ],
    [
      'pixels',
      { updatable: instanceTree('2.25.1', { DICOM: { PixelData: null } }) },
      { force: true },
      'PixelData is generated by AWS HealthImaging and cannot be changed',
    ],
    [
      'frames',
      { updatable: instanceTree('2.25.1', { ImageFrames: [] }) },
      { force: true },
      'ImageFrames is generated by AWS HealthImaging and cannot be changed',
    ],
    [
      'another level',
      { updatable: { Study: { DICOM: { PatientName: 'A' } } } },
      { force: true },
      'PatientName is an attribute of the Patient level, not of the Study level',
    ],
    [
      'a private attribute of the study',
      { updatable: { Study: { DICOM: { '00091001': 'A' } } } },
      { force: true },
      '00091001 is an attribute of the Instance level, not of the Study level',
    ],
    [
      'an unknown keyword',
      { updatable: instanceTree('2.25.1', { DICOM: { Nonsense: 'A' } }) },
      {},
      'Nonsense is not an attribute of the DICOM standard: set the force flag to change it',
    ],
    [
      'a tag of a keyword',
      { updatable: instanceTree('2.25.1', { DICOM: { '00280010': 2 } }) },
      {},
      '00280010 must be keyed as Rows',
    ],
    [
      'the study id',
      { updatable: { Study: { DICOM: { StudyID: 'A' } } } },
      {},
      'StudyID identifies instances: set the force flag to change it',
    ],
    [
      'a sequence',
      { updatable: { Study: { DICOM: { ReferencedStudySequence: [] } } } },
      {},
      'ReferencedStudySequence is a sequence: set the force flag to change it',
    ],
    [
      'several values',
      { updatable: instanceTree('2.25.1', { DICOM: { ImageType: ['ORIGINAL'] } }) },
      {},
      'ImageType has several values: set the force flag to change it',
    ],
    [
      'a bad value',
      { updatable: { Study: { DICOM: { StudyDate: 'today' } } } },
      {},
      'The value of StudyDate does not fit its VR DA: set the force flag to change it',
    ],
    [
      'a bad number',
      { updatable: instanceTree('2.25.1', { DICOM: { Rows: 70000 } }) },
      {},
      'The value of Rows does not fit its VR US: set the force flag to change it',
    ],
    [
      'a long value',
      { updatable: { Patient: { DICOM: { PatientSex: 'X'.repeat(17) } } } },
      { force: true },
      'PatientSex has 17 characters, but the limit is 16',
    ],
    [
      'no UID',
      { updatable: { Study: { DICOM: { StudyInstanceUID: 'x' } } } },
      { force: true },
      'StudyInstanceUID must be a UID',
    ],
    [
      'a removed UID',
      { removable: { Study: { DICOM: { StudyInstanceUID: '2.25.10' } } } },
      { force: true },
      'StudyInstanceUID cannot be removed',
    ],
    [
      'a prototype',
      { updatable: '{"Patient":{"DICOM":{"__proto__":{"a":1}}}}' },
      { force: true },
      'DICOM attributes must be keyed by keyword, or by tag such as 001910F9',
    ],
    [
      'includeStudyImageSets with a revert',
      { revertTo: '1' },
      { includeStudyImageSets: true },
      'includeStudyImageSets cannot be combined with revertToVersionId',
    ],
    [
      'series with includeStudyImageSets',
      { updatable: { Study: { Series: { [seriesUid]: { DICOM: { Modality: 'CT' } } } } } },
      { includeStudyImageSets: true },
      'includeStudyImageSets only allows changes at the Patient and Study levels',
    ],
  ])('refuses %s', async (_, updates, query, message) => {
    const place = await copied()
    const { status, headers, json } = await update(place, updates, query)
    expect([status, headers.get('x-amzn-errortype'), json]).toEqual([400, 'ValidationException', { message }])
    expect(await propertiesOf(place)).toMatchObject({ versionId: '1', imageSetState: 'ACTIVE' })
  })

  test('refuses an update with a revert, invalid base64, and too much data', async () => {
    const place = await copied()
    const send = (body: unknown): ReturnType<typeof post> => post(place, 'updateImageSetMetadata?latestVersion=1', body)
    const updatableAttributes = Buffer.from('{"Patient":{"DICOM":{}}}').toString('base64')
    expect((await send({ DICOMUpdates: { updatableAttributes }, revertToVersionId: '1' })).json['message']).toBe(
      'DICOMUpdates and revertToVersionId cannot be combined',
    )
    expect((await send({ DICOMUpdates: { updatableAttributes: '???' } })).json['message']).toMatch(/must be base64$/)
    const name = 'updateImageSetMetadataUpdates.DICOMUpdates.updatableAttributes'
    expect(
      (await send({ DICOMUpdates: { updatableAttributes: Buffer.alloc(30_001).toString('base64') } })).json,
    ).toEqual({
      message: `1 validation error detected: Value '***' at '${name}' failed to satisfy constraint: Member must have length less than or equal to 30000`,
    })
    const large = await update(place, { updatable: { Patient: { DICOM: { PatientComments: 'x'.repeat(10_300) } } } })
    expect([large.status, large.headers.get('x-amzn-errortype')]).toEqual([402, 'ServiceQuotaExceededException'])
  })

  test('quotes no patient data in its messages', async () => {
    const place = await copied()
    const answers = [
      await update(place, { updatable: { Patient: { DICOM: { PatientBirthDate: 'Secret' } } } }),
      await update(place, { removable: { Patient: { DICOM: { PatientName: 'Secret' } } } }),
    ]
    const texts = [...answers.map(({ json }) => json), await settled(place)].map((json) => JSON.stringify(json))
    expect(texts.join('\n')).not.toContain('Secret')
  })

  describe('of primary image sets', () => {
    test.each<[string, Updates, string]>([
      [
        'Patient',
        { updatable: { Patient: { DICOM: { PatientName: 'A' } } } },
        'Patient level attributes of a primary image set cannot be changed',
      ],
      [
        'Series',
        { updatable: { Study: { Series: { [seriesUid]: { DICOM: { Modality: 'CT' } } } } } },
        'Series level attributes of a primary image set cannot be changed',
      ],
      [
        'UIDs',
        { updatable: instanceTree('2.25.1', { DICOM: { SOPInstanceUID: '2.25.3' } }) },
        'SOPInstanceUID identifies instances: it cannot be changed in a primary image set',
      ],
    ])('refuses changes of %s, even with force', async (_, updates, message) => {
      const place = await imported()
      expect((await update(place, updates, { force: true })).json).toEqual({ message })
    })

    test('changes the Study and Instance levels', async () => {
      const place = await imported()
      const instances = instanceTree('2.25.1', { DICOM: { InstanceNumber: '7' } }).Study
      await update(place, { updatable: { Study: { DICOM: { StudyDescription: 'NEW' }, ...instances } } })
      expect(await settled(place)).toMatchObject({ imageSetWorkflowStatus: 'UPDATED', isPrimary: true })
      const { Study } = await metadataOf(place)
      expect(Study.DICOM['StudyDescription']).toBe('NEW')
      expect(Study.Series[seriesUid]?.Instances['2.25.1']?.DICOM['InstanceNumber']).toBe('7')
    })

    test('changes all primary image sets of the study together', async () => {
      const { datastoreId } = await emulator.createDatastore()
      const files = [1, 2].map((number) =>
        secondaryCapture({
          SeriesInstanceUID: `2.25.10${number}`,
          SOPInstanceUID: `2.25.${number}`,
          PatientAge: '001Y',
        }),
      )
      const elsewhere = secondaryCapture({ SeriesInstanceUID: '2.25.103', StudyInstanceUID: '2.25.11' })
      const { imageSets } = await emulator.importDicom([...files, elsewhere], { datastoreId })
      const [first, second, third] = imageSets.map(({ imageSetId }) => ({
        endpoint: emulator.endpoint,
        datastoreId,
        imageSetId,
      }))
      if (first === undefined || second === undefined || third === undefined) throw new Error('expected three series')
      const nonPrimary = destinationOf(second, await copy(second))
      await settled(nonPrimary)
      const held = await holdWrites(emulator)
      const updates = {
        updatable: { Patient: { DICOM: { PatientName: 'New^Name' } } },
        removable: { Study: { DICOM: { PatientAge: '001Y' } } },
      }
      expect((await update(first, updates, { includeStudyImageSets: true })).json).toMatchObject({
        latestVersionId: '2',
        imageSetWorkflowStatus: 'UPDATING',
      })
      expect(await propertiesOf(second)).toMatchObject({
        versionId: '2',
        imageSetState: 'LOCKED',
        imageSetWorkflowStatus: 'UPDATING_FOR_STUDY_CONSISTENCY',
      })
      await held.release()
      for (const place of [first, second]) {
        expect(await settled(place)).toMatchObject({ versionId: '2', imageSetWorkflowStatus: 'UPDATED' })
        const { Patient, Study } = await metadataOf(place)
        expect([Patient.DICOM['PatientName'], Study.DICOM['PatientAge']]).toEqual(['New^Name', undefined])
      }
      for (const place of [third, nonPrimary]) expect(await propertiesOf(place)).toMatchObject({ versionId: '1' })
      const wrong = { removable: { Patient: { DICOM: { PatientName: 'Other' } } } }
      await update(first, wrong, { latestVersion: 2, includeStudyImageSets: true })
      for (const place of [first, second]) {
        expect(await settled(place)).toMatchObject({ versionId: '3', imageSetWorkflowStatus: 'UPDATE_FAILED' })
      }
      expect(await foundIn(first)).toHaveLength(4)
    })
  })
})

async function documentOf(place: ImageSetPlace, version: string): Promise<Buffer> {
  const path = `/datastore/${place.datastoreId}/imageSet/${place.imageSetId}/getImageSetMetadata?version=${version}`
  const response = await fetch(place.endpoint + path, { method: 'POST' })
  expect(response.status).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}

function instanceTree(uid: string, instance: unknown): { readonly Study: Record<string, unknown> } {
  return { Study: { Series: { [seriesUid]: { Instances: { [uid]: instance } } } } }
}

function renameTree(series: string, from: string, to: string): unknown {
  return { Study: { Series: { [series]: { Instances: { [from]: { DICOM: { SOPInstanceUID: to } } } } } } }
}
