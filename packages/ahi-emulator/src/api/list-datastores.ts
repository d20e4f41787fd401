import { createInputCheck } from '../operation/input-check.ts'
import type { Operation } from '../operation/operation.ts'
import { findPage } from '../operation/page.ts'
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
    const wanted = check.page(query)
    check.finish()
    const { items, nextToken } = findPage(wanted, {
      request: status,
      find: (page) => context.store.datastores.list({ status, ...page }),
      positionOf: ({ createdAt, id }) => ({ value: createdAt, id }),
    })
    return { json: { datastoreSummaries: items.map((datastore) => describeDatastore(datastore, context)), nextToken } }
  },
}
