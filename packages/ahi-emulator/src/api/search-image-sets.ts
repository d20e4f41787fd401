import { createInputCheck } from '../operation/input-check.ts'
import { readJsonBody } from '../operation/json-body.ts'
import type { Operation } from '../operation/operation.ts'
import { decodePageToken, encodePageToken } from '../operation/page-token.ts'
import { existingDatastore } from '../operation/existing-resources.ts'
import { summarizeImageSet } from './representations.ts'
import { readSearchCriteria } from './search-criteria.ts'

export const searchImageSets: Operation = {
  name: 'SearchImageSets',
  method: 'POST',
  path: '/datastore/{datastoreId}/searchImageSets',
  run({ parameters, query, body }, context) {
    const check = createInputCheck()
    const datastoreId = check.id(parameters['datastoreId'], 'datastoreId')
    const limit = check.maxResults(query.get('maxResults') ?? undefined)
    const nextToken = check.nextToken(query.get('nextToken') ?? undefined)
    const criteria = readJsonBody(body)
    const search = { datastoreId, ...readSearchCriteria(criteria, check) }
    check.finish()
    existingDatastore(datastoreId, context)
    const after = decodePageToken(search, nextToken)
    const found = context.store.search({ ...search, after, limit: limit + 1 })
    const page = found.slice(0, limit)
    const last = page.at(-1)
    return {
      json: {
        imageSetsMetadataSummaries: page.map(({ imageSet }) => summarizeImageSet(imageSet)),
        sort: criteria['sort'] ?? { sortField: 'updatedAt', sortOrder: 'DESC' },
        nextToken: last !== undefined && found.length > limit ? encodePageToken(search, last.position) : undefined,
      },
    }
  },
}
