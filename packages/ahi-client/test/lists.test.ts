import { describe, expect, test } from 'vitest'

import { collected, datastoreId, imageSetId, rejection, testClient } from './fixtures.ts'
import { type Answer, json, scriptedService } from './scripted-service.ts'

const summary = { datastoreId, datastoreName: 'store', datastoreStatus: 'ACTIVE' }

function page(nextToken?: string): Answer {
  return json({ datastoreSummaries: [summary], nextToken })
}

describe('listDatastores', () => {
  test('follows tokens with / + = and percent signs to the last page', async () => {
    const token = 'a/b+c==%2F&d=e f'
    await using service = await scriptedService(
      json({ datastoreSummaries: [summary], nextToken: token }),
      json({ datastoreSummaries: [], nextToken: 'second' }),
      json({ datastoreSummaries: [{ ...summary, datastoreName: 'last', createdAt: 1680027126.436 }] }),
    )
    await using client = testClient(service.endpoint)
    const found = await collected(client.listDatastores({ datastoreStatus: 'ACTIVE', pageSize: 50 }))
    expect(found.map((one) => one.datastoreName)).toEqual(['store', 'last'])
    expect(found[1]?.createdAt).toEqual(new Date(1680027126436))
    const queries = service.requests.map(({ url }) => new URL(url, service.endpoint).searchParams)
    expect(queries.map((query) => query.get('nextToken'))).toEqual([null, token, 'second'])
    expect(queries.map((query) => query.get('maxResults'))).toEqual(['50', '50', '50'])
    expect(queries[0]?.get('datastoreStatus')).toBe('ACTIVE')
  })

  test('requests a page only when its items are read', async () => {
    await using service = await scriptedService(json({ datastoreSummaries: [summary, summary], nextToken: 'more' }))
    await using client = testClient(service.endpoint)
    for await (const found of client.listDatastores()) {
      expect(found.datastoreId).toBe(datastoreId)
      break
    }
    expect(service.requests).toHaveLength(1)
  })

  test('stops if the service keeps sending the same token', async () => {
    await using service = await scriptedService(json({ datastoreSummaries: [summary], nextToken: 'same' }))
    await using client = testClient(service.endpoint)
    expect(await rejection(collected(client.listDatastores()))).toMatchObject({ code: 'AHI_RESPONSE' })
    expect(service.requests).toHaveLength(1 + 8)
  })

  test('stops if the tokens form a circle', async () => {
    await using service = await scriptedService(page('a'), page('b'), page('c'), page('a'))
    await using client = testClient(service.endpoint, { maxAttempts: 2 })
    const error = await rejection(collected(client.listDatastores()))
    expect(error).toMatchObject({ code: 'AHI_RESPONSE', retryable: true })
    expect(String(error)).toContain('leads back')
    expect(service.requests).toHaveLength(3 + 2)
  })

  test('continues after a page with a token that was damaged once', async () => {
    await using service = await scriptedService(page('a'), page('a'), page('b'), page())
    await using client = testClient(service.endpoint)
    expect(await collected(client.listDatastores())).toHaveLength(3)
  })

  test('stops if empty pages follow without end', async () => {
    let pages = 0
    await using service = await scriptedService((response, request) =>
      json({ datastoreSummaries: [], nextToken: `${(pages += 1)}` })(response, request),
    )
    await using client = testClient(service.endpoint, { maxAttempts: 1 })
    expect(await rejection(collected(client.listDatastores()))).toMatchObject({ code: 'AHI_RESPONSE' })
    expect(pages).toBe(1001)
  })

  test('ends at an empty token', async () => {
    await using service = await scriptedService(json({ datastoreSummaries: [summary], nextToken: '' }))
    await using client = testClient(service.endpoint)
    expect(await collected(client.listDatastores())).toHaveLength(1)
  })

  test.each([0, 51, 1.5, Number.NaN])('rejects a page size of %s before any request', async (pageSize) => {
    await using service = await scriptedService(json({}))
    await using client = testClient(service.endpoint)
    expect(await rejection(collected(client.listDatastores({ pageSize })))).toMatchObject({ code: 'AHI_VALIDATION' })
    expect(service.requests).toHaveLength(0)
  })
})

test('getDatastore reads the properties', async () => {
  const datastoreProperties = { ...summary, losslessStorageFormat: 'JPEG_2000_LOSSLESS', updatedAt: 1700000000 }
  await using service = await scriptedService(json({ datastoreProperties }))
  await using client = testClient(service.endpoint)
  const datastore = await client.getDatastore({ datastoreId })
  expect(datastore).toMatchObject({ ...summary, losslessStorageFormat: 'JPEG_2000_LOSSLESS' })
  expect(datastore.updatedAt).toEqual(new Date(1700000000000))
  expect(service.requests[0]).toMatchObject({ method: 'GET', url: `/datastore/${datastoreId}` })
})

describe('listImageSetVersions', () => {
  test('reads all pages, and the capitalised workflow status', async () => {
    const version = { imageSetId, imageSetState: 'ACTIVE', ImageSetWorkflowStatus: 'UPDATED', createdAt: 1.5 }
    await using service = await scriptedService(
      json({ imageSetPropertiesList: [{ ...version, versionId: '2', overrides: { forced: true } }], nextToken: 'x=' }),
      json({ imageSetPropertiesList: [{ ...version, versionId: '1', isPrimary: false }] }),
    )
    await using client = testClient(service.endpoint)
    const versions = await collected(client.listImageSetVersions({ datastoreId, imageSetId, pageSize: 1 }))
    expect(versions).toMatchObject([
      { versionId: '2', imageSetWorkflowStatus: 'UPDATED', forced: true, isPrimary: true, createdAt: new Date(1500) },
      { versionId: '1', imageSetWorkflowStatus: 'UPDATED', forced: false, isPrimary: false },
    ])
    const path = `/datastore/${datastoreId}/imageSet/${imageSetId}/listImageSetVersions`
    expect(service.requests.map(({ url }) => url)).toEqual([
      `${path}?maxResults=1`,
      `${path}?maxResults=1&nextToken=x%3D`,
    ])
  })
})
