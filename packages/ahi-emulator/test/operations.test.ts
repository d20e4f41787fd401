import { connect } from 'node:net'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  call,
  frameOf,
  importAlone,
  instancesOf,
  metadataOf,
  type Answer,
  type ImageSetPlace,
} from './support/client.ts'
import { secondaryCapture } from './support/secondary-capture.ts'

const unknownId = 'abcdefghijklmnopqrstuvwxyz012345'

describe('the API', () => {
  let emulator: Emulator
  let place: ImageSetPlace

  beforeAll(async () => {
    emulator = await startEmulator({ datastoreName: 'tests' })
    place = await importAlone(emulator, [secondaryCapture()])
  })

  afterAll(() => emulator.close())

  function post(path: string, body?: unknown): Promise<Answer> {
    return call(emulator.endpoint, path, { body })
  }

  function get(path: string): Promise<Answer> {
    return call(emulator.endpoint, path, { method: 'GET' })
  }

  test('describes a data store', async () => {
    const { status, headers, json } = await get(`/datastore/${emulator.datastoreId}`)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/json')
    expect(headers.get('x-amzn-requestid')).toMatch(/^[\da-f-]{36}$/)
    expect(json).toEqual({
      datastoreProperties: {
        datastoreId: emulator.datastoreId,
        datastoreName: 'tests',
        datastoreStatus: 'ACTIVE',
        losslessStorageFormat: 'HTJ2K',
        datastoreArn: `arn:aws:medical-imaging:us-east-1:123456789012:datastore/${emulator.datastoreId}`,
        createdAt: expect.any(Number),
        updatedAt: expect.any(Number),
      },
    })
  })

  test.each(['HTJ2K', 'JPEG_2000_LOSSLESS'] as const)(
    'returns the lossless storage format %s',
    async (losslessStorageFormat) => {
      await using other = await startEmulator({ losslessStorageFormat })
      const second = await other.createDatastore({ losslessStorageFormat })
      for (const { datastoreId } of [other, second]) {
        const { json } = await call(other.endpoint, `/datastore/${datastoreId}`, { method: 'GET' })
        expect(json['datastoreProperties']).toMatchObject({ losslessStorageFormat })
      }
    },
  )

  test('returns times in seconds', async () => {
    const { json } = await get(`/datastore/${emulator.datastoreId}`)
    const { createdAt } = Object(json['datastoreProperties'])
    expect(createdAt).toBeGreaterThan(1_700_000_000)
    expect(createdAt).toBeLessThan(10_000_000_000)
  })

  test('lists data stores in pages', async () => {
    const all = await get('/datastore')
    const ids = summaries(all, 'datastoreSummaries').map(({ datastoreId }) => datastoreId)
    expect(ids).toHaveLength(2)
    const first = await get('/datastore?maxResults=1')
    const token = encodeURIComponent(nextToken(first) ?? '')
    const second = await get(`/datastore?maxResults=1&nextToken=${token}`)
    expect(second.json['nextToken']).toBeUndefined()
    expect(
      [first, second].flatMap((page) => summaries(page, 'datastoreSummaries').map((one) => one['datastoreId'])),
    ).toEqual(ids)
    expect(summaries(await get('/datastore?datastoreStatus=DELETED'), 'datastoreSummaries')).toEqual([])
  })

  test('describes an image set', async () => {
    const { json } = await post(imageSetPath('getImageSet'))
    expect(json).toEqual({
      datastoreId: place.datastoreId,
      imageSetId: place.imageSetId,
      versionId: '1',
      imageSetState: 'ACTIVE',
      imageSetWorkflowStatus: 'CREATED',
      isPrimary: true,
      imageSetArn: expect.stringMatching(
        /^arn:aws:medical-imaging:us-east-1:123456789012:datastore\/.{32}\/imageset\/.{32}$/,
      ),
      storageTier: 'FREQUENT_ACCESS',
      createdAt: expect.any(Number),
      updatedAt: expect.any(Number),
      lastAccessedAt: expect.any(Number),
    })
  })

  test('sends metadata as gzip with Content-Encoding', async () => {
    const response = await fetch(`${emulator.endpoint}${imageSetPath('getImageSetMetadata')}`, { method: 'POST' })
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('content-encoding')).toBe('gzip')
    expect(await response.json()).toMatchObject({ SchemaVersion: '1.1', ImageSetID: place.imageSetId })
  })

  test('sends a frame with the Content-Type of its transfer syntax', async () => {
    const [instance] = instancesOf(await metadataOf(place))
    const body = JSON.stringify({ imageFrameId: instance?.ImageFrames[0]?.ID })
    const response = await fetch(`${emulator.endpoint}${imageSetPath('getImageFrame')}`, { method: 'POST', body })
    expect(response.headers.get('content-type')).toBe('image/jph')
    const frame = new Uint8Array(await response.arrayBuffer())
    expect([...frame.subarray(0, 4)]).toEqual([0xff, 0x4f, 0xff, 0x51])
  })

  test('answers concurrent frame requests with the requested frames', async () => {
    const files = Array.from({ length: 40 }, (_, index) =>
      secondaryCapture({ SOPInstanceUID: `2.25.1.${index}` }, new Uint8Array(4).fill(index)),
    )
    const many = await importAlone(emulator, files)
    const frames = instancesOf(await metadataOf(many)).flatMap(({ ImageFrames }) => ImageFrames)
    const sizes = new Map(frames.map(({ ID, FrameSizeInBytes }) => [ID, FrameSizeInBytes]))
    const fetched = await Promise.all(
      [...frames, ...frames].map(async ({ ID }) => ({ ID, frame: await frameOf(many, ID) })),
    )
    for (const { ID, frame } of fetched) expect(frame.byteLength).toBe(sizes.get(ID))
    const again = await Promise.all(frames.map(({ ID }) => frameOf(many, ID)))
    expect(again).toEqual(fetched.slice(0, frames.length).map(({ frame }) => frame))
  })

  test.each([
    [
      'GET',
      '/datastore/short',
      "Value 'short' at 'datastoreId' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9a-z]{32}",
    ],
    [
      'GET',
      '/datastore?maxResults=51',
      "Value '51' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 50",
    ],
    [
      'GET',
      '/datastore?maxResults=0',
      "Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'GET',
      '/datastore?datastoreStatus=GONE',
      "Value 'GONE' at 'datastoreStatus' failed to satisfy constraint: Member must satisfy enum value set: [CREATING, CREATE_FAILED, ACTIVE, DELETING, DELETED]",
    ],
    [
      'POST',
      `/datastore/${unknownId}/imageSet/${unknownId}/getImageSet?version=one`,
      "Value 'one' at 'versionId' failed to satisfy constraint: Member must satisfy regular expression pattern: \\d+",
    ],
    [
      'POST',
      `/datastore/${unknownId}/imageSet/..%2F..%2Fetc%2Fpasswd/getImageSetMetadata`,
      "Value '../../etc/passwd' at 'imageSetId' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9a-z]{32}",
    ],
  ])('refuses %s %s', async (method, path, failure) => {
    const { status, headers, json } = await call(emulator.endpoint, path, { method })
    expect(status).toBe(400)
    expect(headers.get('x-amzn-errortype')).toBe('ValidationException')
    expect(json).toEqual({ message: `1 validation error detected: ${failure}` })
  })

  test('names every failed constraint', async () => {
    const { json } = await post('/datastore/A/imageSet/B/getImageFrame', {})
    expect(json['message']).toMatch(
      /^3 validation errors detected: Value 'A' at 'datastoreId' .*; Value 'B' at 'imageSetId' .*; Value null at 'imageFrameInformation.imageFrameId' failed to satisfy constraint: Member must not be null$/,
    )
  })

  test.each([
    ['GET', `/datastore/${unknownId}`, undefined, `Data store ${unknownId} does not exist`],
    ['POST', `/datastore/${unknownId}/searchImageSets`, {}, `Data store ${unknownId} does not exist`],
    ['POST', 'IMAGE_SET/getImageSetMetadata?version=2', undefined, /^Version 2 of image set .{32} does not exist$/],
    ['POST', 'IMAGE_SET/getImageSetMetadata?version=99999999999999999999999', undefined, /does not exist$/],
    ['POST', 'IMAGE_SET/getImageFrame', { imageFrameId: unknownId }, `Image frame ${unknownId} does not exist`],
    [
      'POST',
      `DATASTORE/imageSet/${unknownId}/listImageSetVersions`,
      undefined,
      `Image set ${unknownId} does not exist`,
    ],
  ])('does not find %s %s', async (method, path, body, message) => {
    const actual = path
      .replace('IMAGE_SET', imageSetPath('').slice(0, -1))
      .replace('DATASTORE', `/datastore/${place.datastoreId}`)
    const { status, headers, json } = await call(emulator.endpoint, actual, { method, body })
    expect(status).toBe(404)
    expect(headers.get('x-amzn-errortype')).toBe('ResourceNotFoundException')
    expect(json['message']).toMatch(message)
  })

  test('does not show an image set or frame through another data store', async () => {
    const [instance] = instancesOf(await metadataOf(place))
    const elsewhere = `/datastore/${emulator.datastoreId}/imageSet/${place.imageSetId}`
    const imageFrameId = instance?.ImageFrames[0]?.ID
    expect((await post(`${elsewhere}/getImageSet`)).status).toBe(404)
    expect((await post(`${elsewhere}/getImageFrame`, { imageFrameId })).status).toBe(404)
  })

  test.each([
    ['GET', '/'],
    ['GET', '/datastore/'],
    ['DELETE', '/datastore'],
    ['POST', '/datastore/a/b/c/d/e/f'],
    ['GET', '/../../etc/passwd'],
  ])('finds no operation for %s %s', async (method, path) => {
    const { status, headers } = await call(emulator.endpoint, path, { method })
    expect(status).toBe(404)
    expect(headers.get('x-amzn-errortype')).toBe('UnknownOperationException')
  })

  test.each(['{"filters":', '[]', '"text"', 'null'])('refuses the body %s', async (body) => {
    const { status, json } = await post(`/datastore/${place.datastoreId}/searchImageSets`, body)
    expect(status).toBe(400)
    expect(json).toEqual({ message: 'The request body is not a JSON object' })
  })

  test('refuses a body that is larger than any in the API', async () => {
    const { status, headers } = await post(
      `/datastore/${place.datastoreId}/searchImageSets`,
      'x'.repeat(1024 * 1024 + 1),
    )
    expect(status).toBe(413)
    expect(headers.get('x-amzn-errortype')).toBe('RequestEntityTooLargeException')
  })

  test('answers invalid HTTP, and keeps running', async () => {
    const { port } = new URL(emulator.endpoint)
    const socket = connect(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    socket.write('nonsense\r\n\r\n')
    expect(await text(socket)).toMatch(/^HTTP\/1.1 400 Bad Request/)
    expect((await get('/datastore')).status).toBe(200)
  })

  function imageSetPath(operation: string): string {
    return `/datastore/${place.datastoreId}/imageSet/${place.imageSetId}/${operation}`
  }
})

describe('SearchImageSets', () => {
  let emulator: Emulator

  const studies: readonly AttributeMap[] = [
    { SeriesInstanceUID: '2.25.1', PatientID: 'Ä-1', StudyDate: '20200101', StudyTime: null, AccessionNumber: 'X' },
    { SeriesInstanceUID: '2.25.2', PatientID: 'P2', StudyDate: '20200101', StudyTime: '120000.5', StudyID: 'second' },
    {
      SeriesInstanceUID: '2.25.3',
      PatientID: 'P3',
      StudyDate: '20200102',
      StudyTime: '080000',
      StudyInstanceUID: '2.25.33',
    },
    { SeriesInstanceUID: '2.25.4', PatientID: 'P4', StudyDate: null, StudyTime: null },
  ]

  beforeAll(async () => {
    emulator = await startEmulator()
    for (const [index, study] of studies.entries()) {
      await emulator.importDicom([secondaryCapture({ ...study, SOPInstanceUID: `2.25.9.${index}` })])
    }
  })

  afterAll(() => emulator.close())

  async function search(criteria: unknown, query = ''): Promise<Answer> {
    return call(emulator.endpoint, `/datastore/${emulator.datastoreId}/searchImageSets${query}`, { body: criteria })
  }

  async function series(criteria: unknown): Promise<unknown[]> {
    const answer = await search(criteria)
    expect(answer.json).not.toHaveProperty('message')
    return summaries(answer, 'imageSetsMetadataSummaries').map(
      ({ DICOMTags }) => Object(DICOMTags).DICOMSeriesInstanceUID,
    )
  }

  test('returns all image sets, the latest first', async () => {
    expect(await series({})).toEqual(['2.25.4', '2.25.3', '2.25.2', '2.25.1'])
  })

  test('returns the tags in the model', async () => {
    const [found] = summaries(
      await search({ filters: [equal({ DICOMPatientId: 'P3' })] }),
      'imageSetsMetadataSummaries',
    )
    expect(found).toEqual({
      imageSetId: expect.stringMatching(/^[\da-z]{32}$/),
      version: 1,
      createdAt: expect.any(Number),
      updatedAt: expect.any(Number),
      lastAccessedAt: expect.any(Number),
      storageTier: 'FREQUENT_ACCESS',
      isPrimary: true,
      DICOMTags: {
        DICOMPatientId: 'P3',
        DICOMPatientName: 'Test^Anna',
        DICOMStudyInstanceUID: '2.25.33',
        DICOMStudyId: 'S1',
        DICOMNumberOfStudyRelatedSeries: 1,
        DICOMNumberOfStudyRelatedInstances: 1,
        DICOMAccessionNumber: 'A1',
        DICOMSeriesInstanceUID: '2.25.3',
        DICOMSeriesModality: 'OT',
        DICOMSeriesNumber: 1,
        DICOMStudyDate: '20200102',
        DICOMStudyTime: '080000',
      },
    })
  })

  test.each([
    ['a patient', [equal({ DICOMPatientId: 'P2' })], ['2.25.2']],
    ['an accession number', [equal({ DICOMAccessionNumber: 'X' })], ['2.25.1']],
    ['a study id', [equal({ DICOMStudyId: 'second' })], ['2.25.2']],
    ['a study', [equal({ DICOMStudyInstanceUID: '2.25.33' })], ['2.25.3']],
    ['a series', [equal({ DICOMSeriesInstanceUID: '2.25.4' })], ['2.25.4']],
    ['primary image sets', [equal({ isPrimary: true })], ['2.25.4', '2.25.3', '2.25.2', '2.25.1']],
    ['non-primary image sets', [equal({ isPrimary: false })], []],
    ['no patient in another case', [equal({ DICOMPatientId: 'p2' })], []],
    ['nothing before a time', [between({ updatedAt: 0 }, { updatedAt: 1 })], []],
    [
      'everything in a range of times',
      [between({ createdAt: 0 }, { createdAt: 9_999_999_999 })],
      ['2.25.4', '2.25.3', '2.25.2', '2.25.1'],
    ],
    [
      'a study without a time, which counts as midnight',
      [equal({ DICOMStudyDateAndTime: { DICOMStudyDate: '20200101' } })],
      ['2.25.1'],
    ],
    [
      'a study at its time',
      [equal({ DICOMStudyDateAndTime: { DICOMStudyDate: '20200101', DICOMStudyTime: '120000.500' } })],
      ['2.25.2'],
    ],
    ['studies of a day', [between(studyTime('20200101'), studyTime('20200101', '235959'))], ['2.25.2', '2.25.1']],
    [
      'studies of a patient and a day',
      [equal({ DICOMPatientId: 'P2' }), between(studyTime('20200101'), studyTime('20200102'))],
      ['2.25.2'],
    ],
  ])('finds %s', async (_what, filters, expected) => {
    expect(await series({ filters })).toEqual(expected)
  })

  test('sorts by study date, image sets without a date first', async () => {
    const sort = { sortField: 'DICOMStudyDateAndTime', sortOrder: 'ASC' }
    expect(await series({ sort })).toEqual(['2.25.4', '2.25.1', '2.25.2', '2.25.3'])
    expect(await series({ sort: { ...sort, sortOrder: 'DESC' } })).toEqual(['2.25.3', '2.25.2', '2.25.1', '2.25.4'])
  })

  test.each(['updatedAt', 'createdAt', 'DICOMStudyDateAndTime'])(
    'returns pages in the order of %s',
    async (sortField) => {
      const criteria = { sort: { sortField, sortOrder: 'ASC' } }
      const found: unknown[] = []
      let token: string | undefined
      do {
        const query = token === undefined ? '' : `&nextToken=${encodeURIComponent(token)}`
        const page = await search(criteria, `?maxResults=1${query}`)
        found.push(
          ...summaries(page, 'imageSetsMetadataSummaries').map(
            ({ DICOMTags }) => Object(DICOMTags).DICOMSeriesInstanceUID,
          ),
        )
        token = nextToken(page)
      } while (token !== undefined)
      expect(found).toEqual(await series(criteria))
    },
  )

  test('refuses the token of another search', async () => {
    const first = await search({}, '?maxResults=1')
    const token = encodeURIComponent(nextToken(first) ?? '')
    const answer = await search({ filters: [equal({ isPrimary: true })] }, `?maxResults=1&nextToken=${token}`)
    expect(answer.status).toBe(400)
    expect(answer.json).toEqual({ message: 'The provided nextToken is invalid' })
    expect((await search({}, '?nextToken=nonsense')).status).toBe(400)
  })

  test.each([
    [
      { filters: [] },
      "at 'searchCriteria.filters' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      { filters: [equal({ isPrimary: true }), equal({ isPrimary: true }), equal({ isPrimary: true })] },
      "at 'searchCriteria.filters' failed to satisfy constraint: Member must have length less than or equal to 2",
    ],
    [
      { filters: [{ operator: 'LIKE', values: [{ DICOMPatientId: 'P' }] }] },
      "Value 'LIKE' at 'searchCriteria.filters.1.member.operator' failed to satisfy constraint: Member must satisfy enum value set: [EQUAL, BETWEEN]",
    ],
    [
      { filters: [between({ DICOMPatientId: 'A' }, { DICOMPatientId: 'B' })] },
      "at 'searchCriteria.filters.1.member.operator' failed to satisfy constraint: Member must be EQUAL for this attribute",
    ],
    [
      { filters: [equal({ DICOMModality: 'CT' })] },
      "at 'searchCriteria.filters.1.member.values.1.member' failed to satisfy constraint: Member must have exactly one of [DICOMPatientId,",
    ],
    [
      { filters: [equal({ DICOMStudyInstanceUID: 'one' })] },
      "Value 'one' at 'searchCriteria.filters.1.member.values.1.member.DICOMStudyInstanceUID' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9.]+",
    ],
    [
      { filters: [equal({ DICOMPatientId: 'x'.repeat(513) })] },
      'failed to satisfy constraint: Member must have length less than or equal to 512',
    ],
    [
      { filters: [equal({ updatedAt: '2020-01-01' })] },
      'failed to satisfy constraint: Member must be a timestamp in epoch seconds',
    ],
    [{ filters: [{ operator: 'EQUAL' }] }, "Value null at 'searchCriteria.filters.1.member.values' failed"],
    [
      { sort: { sortField: 'updatedAt', sortOrder: 'UP' } },
      "Value 'UP' at 'searchCriteria.sort.sortOrder' failed to satisfy constraint: Member must satisfy enum value set: [ASC, DESC]",
    ],
    [
      { sort: 'updatedAt' },
      "Value null at 'searchCriteria.sort.sortField' failed to satisfy constraint: Member must not be null",
    ],
  ])('refuses %j', async (criteria, message) => {
    const { status, json } = await search(criteria)
    expect(status).toBe(400)
    expect(json['message']).toContain(message)
  })
})

function equal(value: unknown): Record<string, unknown> {
  return { operator: 'EQUAL', values: [value] }
}

function between(lower: unknown, upper: unknown): Record<string, unknown> {
  return { operator: 'BETWEEN', values: [lower, upper] }
}

function studyTime(date: string, time?: string): Record<string, unknown> {
  return { DICOMStudyDateAndTime: { DICOMStudyDate: date, ...(time === undefined ? {} : { DICOMStudyTime: time }) } }
}

function summaries({ json }: Answer, key: string): Record<string, unknown>[] {
  const list = json[key]
  return Array.isArray(list) ? list : []
}

function nextToken({ json }: Answer): string | undefined {
  const token = json['nextToken']
  return typeof token === 'string' ? token : undefined
}
