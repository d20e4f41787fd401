import { gzipSync } from 'node:zlib'

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { type AhiClient, isAhiError } from '@ahi-dicom/ahi-client'

import { collected, datastoreId, imageSet, imageSetId, metadataDocument, rejection, testClient } from './fixtures.ts'
import { type Answer, bytes, json, scriptedService, text } from './scripted-service.ts'

const otherId = 'a'.repeat(32)
const version = { imageSetId, versionId: '2', imageSetState: 'ACTIVE', createdAt: 1.5 }

interface Operation {
  /** A correct answer. */
  readonly good: Readonly<Record<string, unknown>>
  readonly call: (client: AhiClient) => Promise<unknown>
  /** Required members by the model of the API, including those inside lists. */
  readonly required: readonly string[]
  /** Invalid values of members. */
  readonly wrong: Readonly<Record<string, unknown>>
}

// Required members and types come from the model of @aws-sdk/client-medical-imaging 3.958. Its list is optional in
// ListDatastores.
const operations: [string, Operation][] = [
  [
    'ListDatastores',
    {
      good: { datastoreSummaries: [{ datastoreId, datastoreName: 'n', datastoreStatus: 'ACTIVE', createdAt: 1.5 }] },
      call: (client) => collected(client.listDatastores()),
      required: ['datastoreSummaries.0.datastoreId', 'datastoreSummaries.0.datastoreStatus'],
      wrong: {
        datastoreSummaries: 'a',
        'datastoreSummaries.0': null,
        'datastoreSummaries.0.datastoreId': '../..',
        'datastoreSummaries.0.createdAt': 'now',
        nextToken: 7,
      },
    },
  ],
  [
    'GetDatastore',
    {
      good: { datastoreProperties: { datastoreId, datastoreName: 'n', datastoreStatus: 'ACTIVE' } },
      call: (client) => client.getDatastore({ datastoreId }),
      required: ['datastoreProperties', 'datastoreProperties.datastoreId', 'datastoreProperties.datastoreStatus'],
      wrong: {
        datastoreProperties: [],
        'datastoreProperties.datastoreId': otherId,
        'datastoreProperties.losslessStorageFormat': 1,
      },
    },
  ],
  [
    'SearchImageSets',
    {
      good: {
        imageSetsMetadataSummaries: [{ imageSetId, version: 3, isPrimary: true, DICOMTags: { DICOMPatientId: 'p' } }],
      },
      call: (client) => collected(client.searchImageSets({ datastoreId })),
      required: ['imageSetsMetadataSummaries', 'imageSetsMetadataSummaries.0.imageSetId'],
      wrong: {
        imageSetsMetadataSummaries: { 0: {} },
        'imageSetsMetadataSummaries.0': 'a',
        'imageSetsMetadataSummaries.0.imageSetId': imageSetId.slice(1),
        'imageSetsMetadataSummaries.0.version': '3',
        'imageSetsMetadataSummaries.0.isPrimary': 'yes',
        'imageSetsMetadataSummaries.0.DICOMTags': [],
        'imageSetsMetadataSummaries.0.DICOMTags.DICOMPatientId': 7,
        nextToken: {},
      },
    },
  ],
  [
    'GetImageSet',
    {
      good: { datastoreId, ...version },
      call: (client) => client.getImageSet({ ...imageSet, versionId: '2' }),
      required: ['datastoreId', 'imageSetId', 'versionId', 'imageSetState'],
      wrong: { datastoreId: otherId, imageSetId: otherId, versionId: '3', imageSetState: 1, overrides: { forced: 1 } },
    },
  ],
  [
    'ListImageSetVersions',
    {
      good: { imageSetPropertiesList: [version] },
      call: (client) => collected(client.listImageSetVersions(imageSet)),
      required: [
        'imageSetPropertiesList',
        'imageSetPropertiesList.0.imageSetId',
        'imageSetPropertiesList.0.versionId',
        'imageSetPropertiesList.0.imageSetState',
      ],
      wrong: {
        imageSetPropertiesList: 0,
        'imageSetPropertiesList.0.imageSetId': otherId,
        'imageSetPropertiesList.0.versionId': 'two',
      },
    },
  ],
  [
    'GetImageSetMetadata',
    {
      good: metadataDocument,
      call: (client) => client.getImageSetMetadata(imageSet),
      required: [
        'DatastoreID',
        'ImageSetID',
        'Patient',
        'Patient.DICOM',
        'Study',
        'Study.DICOM',
        'Study.DICOM.StudyInstanceUID',
        'Study.Series',
        'Study.Series.2.DICOM',
        'Study.Series.2.DICOM.SeriesInstanceUID',
        'Study.Series.2.Instances',
        'Study.Series.2.Instances.3.DICOM',
        'Study.Series.2.Instances.3.DICOM.SOPInstanceUID',
        'Study.Series.2.Instances.3.DICOMVRs',
      ],
      wrong: {
        DatastoreID: otherId,
        ImageSetID: otherId,
        Study: [],
        'Study.DICOM.StudyInstanceUID': 1,
        'Study.Series': {},
        'Study.Series.2': 1,
        'Study.Series.2.DICOM.SeriesInstanceUID': '4',
        'Study.Series.2.Instances': {},
        'Study.Series.2.Instances.3.DICOM.SOPInstanceUID': '4',
        'Study.Series.2.Instances.3.ImageFrames': [{}],
      },
    },
  ],
]

/** Returns a copy with another value at a path. `undefined` removes the value. */
function edited(value: unknown, path: string, other: unknown): unknown {
  const copy: unknown = structuredClone(value)
  const names = path.split('.')
  const last = names.pop() ?? ''
  let place: unknown = copy
  for (const name of names) place = memberOf(place, name)
  if (typeof place !== 'object' || place === null) throw new TypeError(`Nothing is at ${path}`)
  if (other === undefined) Reflect.deleteProperty(place, last)
  else Reflect.set(place, last, other)
  return copy
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** Returns the results of a call if only the first answer is damaged, and if every answer is. */
async function afterDamage(answer: Answer, { good, call }: Operation): Promise<object> {
  await using service = await scriptedService(answer, json(good))
  await using client = testClient(service.endpoint)
  const once = await call(client)
  await using broken = await scriptedService(answer)
  await using unlucky = testClient(broken.endpoint, { maxAttempts: 3 })
  const always = await rejection(call(unlucky))
  return { once, onceRequests: service.requests.length, always, alwaysRequests: broken.requests.length }
}

/** The expected results: the correct answer, or an error after all attempts. */
async function outcomeOfDamage({ good, call }: Operation): Promise<object> {
  await using service = await scriptedService(json(good))
  await using client = testClient(service.endpoint)
  const error = { code: 'AHI_RESPONSE', retryable: true, name: 'AhiResponseError' }
  return { once: await call(client), onceRequests: 2, always: error, alwaysRequests: 3 }
}

describe.each(operations)('a damaged answer of %s is requested again, then an error', (_, operation) => {
  const { good, required, wrong } = operation

  test.each<[string, Answer]>([
    ['is empty', text(200, '')],
    ['is null', json(null)],
    ['is a list', json([])],
    ['is a list of one', json([good])],
    ['is a number', json(7)],
    ['is text', json('ok')],
    ['is cut, and its length agrees', text(200, JSON.stringify(good).slice(0, -2))],
    ['has text after its end', text(200, `${JSON.stringify(good)}}`)],
    ['is not UTF-8', bytes(Buffer.concat([Buffer.from(JSON.stringify(good)), Uint8Array.of(0xff)]))],
    ['is in UTF-16', bytes(Buffer.from(JSON.stringify(good), 'utf16le'))],
    ['is shorter than its Content-Length', longer(JSON.stringify(good))],
  ])('if it %s', async (_, answer) => {
    expect(await afterDamage(answer, operation)).toMatchObject(await outcomeOfDamage(operation))
  })

  test('if it is a web page; its error is not retryable, because later requests would get it too', async () => {
    const outcome = await outcomeOfDamage(operation)
    const always = { code: 'AHI_RESPONSE', retryable: false, name: 'AhiResponseError' }
    const page = text(200, '<html>sign in to this network</html>')
    expect(await afterDamage(page, operation)).toMatchObject({ ...outcome, always })
  })

  test.each(required)('if it has no %s', async (path) => {
    expect(await afterDamage(json(edited(good, path, undefined)), operation)).toMatchObject(
      await outcomeOfDamage(operation),
    )
    expect(await afterDamage(json(edited(good, path, null)), operation)).toMatchObject(await outcomeOfDamage(operation))
  })

  test.each(Object.entries(wrong))('if its %s is %j', async (path, value) => {
    expect(await afterDamage(json(edited(good, path, value)), operation)).toMatchObject(
      await outcomeOfDamage(operation),
    )
  })
})

/** Declares a longer body than it sends, and closes the connection. */
function longer(body: string): Answer {
  return (response) => {
    response.writeHead(200, { 'content-length': String(body.length + 1) })
    response.write(body, () => response.socket?.end())
  }
}

test('unknown members and null do not count as damage', async () => {
  for (const [, { good, call }] of operations) {
    await using service = await scriptedService(json({ ...good, more: [1], nextToken: null, updatedAt: null }))
    await using client = testClient(service.endpoint)
    await call(client)
    expect(service.requests).toHaveLength(1)
  }
})

function page(ids: readonly string[], nextToken?: string): Answer {
  return json({ imageSetsMetadataSummaries: ids.map((imageSetId) => ({ imageSetId })), nextToken })
}

test('a damaged page is requested again, and no item is lost', async () => {
  const ids = Array.from({ length: 6 }, (_, index) => String(index).repeat(32))
  await using service = await scriptedService(
    text(200, ''),
    page(ids.slice(0, 2), 'a'),
    json({}),
    page(ids.slice(2, 4), 'b'),
    text(200, 'null'),
    text(200, '{}'),
    page(ids.slice(4)),
  )
  await using client = testClient(service.endpoint)
  const found = await collected(client.searchImageSets({ datastoreId }))
  expect(found.map(({ imageSetId }) => imageSetId)).toEqual(ids)
})

const packed = gzipSync(JSON.stringify(metadataDocument))

test.each<[string, Uint8Array]>([
  ['truncated gzip', packed.subarray(0, 40)],
  ['gzip without its end', packed.subarray(0, -1)],
  ['gzip whose checksum is wrong', packed.with(packed.length - 6, (packed.at(-6) ?? 0) ^ 1)],
  ['gzip of something else', gzipSync('{"a":1}')],
  ['gzip of the metadata of another image set', gzipSync(JSON.stringify({ ...metadataDocument, ImageSetID: otherId }))],
])('%s is requested again, also by getImageSetMetadataDocument', async (_, body) => {
  await using service = await scriptedService(bytes(body), bytes(packed), bytes(body), bytes(packed))
  await using client = testClient(service.endpoint)
  expect(await client.getImageSetMetadata(imageSet)).toMatchObject(metadataDocument)
  const given = await client.getImageSetMetadataDocument(imageSet)
  expect(new TextDecoder().decode(given)).toBe(JSON.stringify(metadataDocument))
  expect(service.requests).toHaveLength(4)
})

function isListOrDamage(found: unknown): boolean {
  return isAhiError(found, 'AHI_RESPONSE') ? found.retryable : Array.isArray(found)
}

test('any answer of a search gives image sets or an error', async () => {
  const [, , [, search] = []] = operations
  if (search === undefined) throw new TypeError('There is no search')
  const good = JSON.stringify(search.good)
  const body = fc.oneof(
    fc.json().map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.nat(good.length - 1).map((length) => Buffer.from(good.slice(0, length))),
    fc
      .tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }))
      .map(([at, byte]) => Buffer.from(Buffer.from(good).with(at, byte))),
  )
  await fc.assert(
    fc.asyncProperty(body, async (damaged) => {
      await using service = await scriptedService(bytes(damaged), json(search.good))
      await using client = testClient(service.endpoint, { maxAttempts: 2 })
      const found = await collected(client.searchImageSets({ datastoreId })).catch((error: unknown) => error)
      expect(found).toSatisfy(isListOrDamage)
    }),
    { numRuns: 60 },
  )
})

test('a page with more items than AHI ever sends counts as damaged before its items are read', async () => {
  const page = `{"imageSetsMetadataSummaries":[${'{},'.repeat(1_000_000)}{}]}`
  await using service = await scriptedService(text(200, page))
  await using client = testClient(service.endpoint, { maxAttempts: 2 })
  const error = await rejection(collected(client.searchImageSets({ datastoreId })))
  expect(error).toMatchObject({ code: 'AHI_RESPONSE', retryable: true })
  expect(String(error)).toContain('more than 1000 items')
})
