import { existingDatastore } from '../operation/existing-resources.ts'
import { createInputCheck } from '../operation/input-check.ts'
import { readJsonBody } from '../operation/json-body.ts'
import type { Operation } from '../operation/operation.ts'
import { findPage } from '../operation/page.ts'
import { summarizeImageSet } from './representations.ts'
import { describeSort, readSearchCriteria } from './search-criteria.ts'

export const searchImageSets: Operation = {
  name: 'SearchImageSets',
  method: 'POST',
  path: '/datastore/{datastoreId}/searchImageSets',
  run({ parameters, query, body }, context) {
    const check = createInputCheck()
    const datastoreId = check.id(parameters['datastoreId'], 'datastoreId')
    const wanted = check.page(query)
    const search = { datastoreId, ...readSearchCriteria(readJsonBody(body), check) }
    check.finish()
    existingDatastore(datastoreId, context)
    const { items, nextToken } = findPage(wanted, {
      request: search,
      find: (page) => context.store.search({ ...search, ...page }),
      positionOf: ({ position }) => position,
    })
    return {
      json: {
        imageSetsMetadataSummaries: items.map(({ imageSet }) => summarizeImageSet(imageSet, context)),
        sort: describeSort(search.sort),
        nextToken,
      },
    }
  },
}
