import { createInputCheck } from '../operation/input-check.ts'
import type { Operation } from '../operation/operation.ts'
import { decodePageToken, encodePageToken } from '../operation/page-token.ts'
import { propertiesPage } from '../operation/existing-resources.ts'
import { describeVersion } from './representations.ts'

export const listImageSetVersions: Operation = {
  name: 'ListImageSetVersions',
  method: 'POST',
  path: '/datastore/{datastoreId}/imageSet/{imageSetId}/listImageSetVersions',
  run({ parameters, query }, context) {
    const check = createInputCheck()
    const datastoreId = check.id(parameters['datastoreId'], 'datastoreId')
    const imageSetId = check.id(parameters['imageSetId'], 'imageSetId')
    const limit = check.maxResults(query.get('maxResults') ?? undefined)
    const nextToken = check.nextToken(query.get('nextToken') ?? undefined)
    check.finish()
    const before = decodePageToken(imageSetId, nextToken)
    const page = { before: typeof before?.value === 'number' ? before.value : undefined, limit: limit + 1 }
    const found = propertiesPage({ datastoreId, imageSetId }, page, context)
    const shown = found.slice(0, limit)
    const last = shown.at(-1)
    return {
      json: {
        // The capital letter is the model's.
        imageSetPropertiesList: shown.map((version) => ({
          ...describeVersion(version),
          ImageSetWorkflowStatus: version.workflowStatus,
        })),
        nextToken:
          last !== undefined && found.length > limit
            ? encodePageToken(imageSetId, { value: last.version, id: imageSetId })
            : undefined,
      },
    }
  },
}
