import { expect } from 'vitest'
import { objectOf, textOf } from './json.ts'
import { until } from './session.ts'
import type { Session } from './session.ts'

/** A separate data store: made, found, listed, tagged, deleted. */
export async function useDatastores(session: Session): Promise<void> {
  const { client, run } = session
  const request = {
    datastoreName: `conformance/${run}`,
    clientToken: run,
    tags: { purpose: 'conformance' },
    losslessStorageFormat: 'JPEG_2000_LOSSLESS',
  }
  const created = await client.succeed('CreateDatastore', request)
  const datastoreId = textOf(created, 'datastoreId')
  const { datastoreProperties } = await until(
    session,
    { operation: 'GetDatastore', input: { datastoreId } },
    (output) => textOf(output['datastoreProperties'], 'datastoreStatus') !== 'CREATING',
  )
  expect(datastoreProperties).toMatchObject({
    datastoreStatus: 'ACTIVE',
    datastoreName: request.datastoreName,
    losslessStorageFormat: 'JPEG_2000_LOSSLESS',
  })
  const again = await client.succeed('CreateDatastore', request)
  expect(again['datastoreId']).toBe(datastoreId)
  await client.fail('CreateDatastore', { ...request, datastoreName: 'another' }, 'ConflictException')
  const listed = await client.items('ListDatastores', { datastoreStatus: 'ACTIVE' }, 1)
  expect(listed).toContainEqual(expect.objectContaining({ datastoreId, datastoreName: request.datastoreName }))
  await useTags(session, textOf(datastoreProperties, 'datastoreArn'))
  await client.succeed('DeleteDatastore', { datastoreId })
  await until(session, { operation: 'ListDatastores', input: { datastoreStatus: 'ACTIVE' } }, (output) => {
    return !JSON.stringify(output).includes(datastoreId)
  })
}

/** Tags of a data store that has one. */
async function useTags({ client }: Session, resourceArn: string): Promise<void> {
  const tags = async (): Promise<unknown> =>
    objectOf(await client.succeed('ListTagsForResource', { resourceArn }), 'tags')
  expect(await tags()).toEqual({ purpose: 'conformance' })
  await client.succeed('TagResource', { resourceArn, tags: { purpose: 'tags', 'a:b/c=d': 'ä b' } })
  expect(await tags()).toEqual({ purpose: 'tags', 'a:b/c=d': 'ä b' })
  await client.succeed('UntagResource', { resourceArn, tagKeys: ['purpose', 'a:b/c=d'] })
  expect(await tags()).toEqual({})
}
