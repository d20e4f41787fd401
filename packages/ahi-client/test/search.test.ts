import { describe, expect, test } from 'vitest'

import type { ImageSetFilters } from '@ahi-dicom/ahi-client'

import { collected, datastoreId, imageSetId, rejection, testClient } from './fixtures.ts'
import { awsError, json, scriptedService } from './scripted-service.ts'

const found = {
  imageSetId,
  version: 3,
  createdAt: 1680027126.436,
  updatedAt: 1680027127,
  storageTier: 'FREQUENT_ACCESS',
  DICOMTags: { DICOMStudyInstanceUID: '1.2.3', DICOMSeriesModality: 'CT', DICOMNumberOfStudyRelatedInstances: 222 },
}

async function sent(filters: ImageSetFilters): Promise<unknown> {
  await using service = await scriptedService(json({ imageSetsMetadataSummaries: [] }))
  await using client = testClient(service.endpoint)
  await collected(client.searchImageSets({ datastoreId, filters }))
  return JSON.parse(service.requests[0]?.body ?? '')
}

describe('searchImageSets', () => {
  test('reads all pages and sends the criteria with each request', async () => {
    await using service = await scriptedService(
      json({ imageSetsMetadataSummaries: [found], nextToken: 'to/ken+=' }),
      json({ imageSetsMetadataSummaries: [{ ...found, isPrimary: false }] }),
    )
    await using client = testClient(service.endpoint)
    const filters = { studyInstanceUid: '1.2.3' }
    const sort = { field: 'studyDateTime', order: 'ASC' } as const
    const summaries = await collected(client.searchImageSets({ datastoreId, filters, sort, pageSize: 2 }))
    expect(summaries).toMatchObject([
      {
        datastoreId,
        imageSetId,
        versionId: '3',
        isPrimary: true,
        createdAt: new Date(1680027126436),
        studyInstanceUid: '1.2.3',
        seriesModality: 'CT',
        numberOfStudyRelatedInstances: 222,
        patientId: undefined,
      },
      { isPrimary: false },
    ])
    const path = `/datastore/${datastoreId}/searchImageSets`
    expect(service.requests.map(({ url }) => url)).toEqual([
      `${path}?maxResults=2`,
      `${path}?maxResults=2&nextToken=to%2Fken%2B%3D`,
    ])
    for (const { body, method } of service.requests) {
      expect(method).toBe('POST')
      expect(JSON.parse(body)).toEqual({
        filters: [{ operator: 'EQUAL', values: [{ DICOMStudyInstanceUID: '1.2.3' }] }],
        sort: { sortField: 'DICOMStudyDateAndTime', sortOrder: 'ASC' },
      })
    }
  })

  test('sends an empty object without filters', async () => {
    expect(await sent({})).toEqual({})
  })

  test.each<[ImageSetFilters, unknown]>([
    [{ patientId: 'P 1' }, { DICOMPatientId: 'P 1' }],
    [{ accessionNumber: 'A' }, { DICOMAccessionNumber: 'A' }],
    [{ studyId: 'S' }, { DICOMStudyId: 'S' }],
    [{ studyInstanceUid: '1.2' }, { DICOMStudyInstanceUID: '1.2' }],
    [{ seriesInstanceUid: '1.2.3' }, { DICOMSeriesInstanceUID: '1.2.3' }],
    [{ isPrimary: true }, { isPrimary: true }],
  ])('sends %j as an equality', async (filters, value) => {
    expect(await sent(filters)).toEqual({ filters: [{ operator: 'EQUAL', values: [value] }] })
  })

  test.each(['createdAt', 'updatedAt'] as const)('sends %s as a range in epoch seconds', async (name) => {
    const range = { from: new Date('2024-01-01T00:00:00Z'), to: new Date('2024-01-02T00:00:00.5Z') }
    const values = [{ [name]: 1704067200 }, { [name]: 1704153600.5 }]
    expect(await sent({ [name]: range })).toEqual({ filters: [{ operator: 'BETWEEN', values }] })
  })

  test('fills in the missing ends of a range', async () => {
    expect(await sent({ updatedAt: { to: new Date(5000) } })).toEqual({
      filters: [{ operator: 'BETWEEN', values: [{ updatedAt: 0 }, { updatedAt: 5 }] }],
    })
  })

  test('covers the whole last day of a range of study dates', async () => {
    const bounds = [
      { DICOMStudyDate: '20240101', DICOMStudyTime: '000000' },
      { DICOMStudyDate: '20240131', DICOMStudyTime: '235959.999999' },
    ]
    const values = bounds.map((bound) => ({ DICOMStudyDateAndTime: bound }))
    const range = { from: '20240101', to: '20240131' }
    expect(await sent({ studyDateTime: range })).toEqual({ filters: [{ operator: 'BETWEEN', values }] })
  })

  test('combines one equality with one range', async () => {
    const filters = { seriesInstanceUid: '1.2.3', studyDateTime: { from: '20240101120000.5' } }
    expect(await sent(filters)).toMatchObject({
      filters: [
        { operator: 'EQUAL' },
        {
          operator: 'BETWEEN',
          values: [
            { DICOMStudyDateAndTime: { DICOMStudyDate: '20240101', DICOMStudyTime: '120000.5' } },
            { DICOMStudyDateAndTime: { DICOMStudyDate: '99991231', DICOMStudyTime: '235959.999999' } },
          ],
        },
      ],
    })
  })

  test.each<[string, ImageSetFilters]>([
    ['two equalities', { patientId: 'P', studyId: 'S' }],
    ['two ranges', { createdAt: {}, updatedAt: {} }],
    ['an empty range', { createdAt: { from: new Date(2), to: new Date(1) } }],
    ['an invalid date', { updatedAt: { from: new Date('no') } }],
    ['a malformed UID', { studyInstanceUid: '1.2.x' }],
    ['a UID of 65 characters', { seriesInstanceUid: `1.${'2'.repeat(63)}` }],
    ['a malformed study date', { studyDateTime: { from: '2024-01-01' } }],
    ['study dates in the wrong order', { studyDateTime: { from: '20240102', to: '20240101' } }],
  ])('rejects %s before any request', async (_, filters) => {
    await using service = await scriptedService(json({}))
    await using client = testClient(service.endpoint)
    const error = await rejection(collected(client.searchImageSets({ datastoreId, filters })))
    expect(error).toMatchObject({ code: 'AHI_VALIDATION', operation: 'SearchImageSets', datastoreId })
    expect(service.requests).toHaveLength(0)
  })

  test('keeps the patient out of the error message', async () => {
    await using service = await scriptedService(awsError(400, 'ValidationException', 'patient DOE^JANE is unknown'))
    await using client = testClient(service.endpoint)
    const filters = { patientId: 'DOE^JANE' }
    const error = await rejection(collected(client.searchImageSets({ datastoreId, filters })))
    expect(error).toMatchObject({ code: 'AHI_VALIDATION', statusCode: 400 })
    expect(String(error)).not.toContain('DOE')
  })
})
