import { createInputCheck } from '../operation/input-check.ts'
import type { Operation } from '../operation/operation.ts'
import { decodePageToken, encodePageToken } from '../operation/page-token.ts'
import { datastoreStatuses } from '../store/datastores.ts'
import { describeDatastore } from './representations.ts'

export const listDatastores: Operation = {
  name: 'ListDatastores',
  method: 'GET',
  path: '/datastore',
  run({ query }, context) {
    const check = createInputCheck()
    const status = query.has('datastoreStatus')
      ? check.oneOf(query.get('datastoreStatus'), 'datastoreStatus', datastoreStatuses)
      : undefined
    const limit = check.maxResults(query.get('maxResults') ?? undefined)
    const nextToken = check.nextToken(query.get('nextToken') ?? undefined)
    check.finish()
    const after = decodePageToken(status, nextToken)
    const found = context.store.datastores.list({ status, after, limit: limit + 1 })
    const page = found.slice(0, limit)
    const last = page.at(-1)
    return {
      json: {
        datastoreSummaries: page.map((datastore) => describeDatastore(datastore, context)),
        nextToken:
          last !== undefined && found.length > limit
            ? encodePageToken(status, { value: last.createdAt, id: last.id })
            : undefined,
      },
    }
  },
}
