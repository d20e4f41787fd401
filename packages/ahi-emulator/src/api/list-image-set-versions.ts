import { propertiesPage } from '../operation/existing-resources.ts'
import { createInputCheck } from '../operation/input-check.ts'
import type { Operation } from '../operation/operation.ts'
import { findPage } from '../operation/page.ts'
import { describeVersion } from './representations.ts'

export const listImageSetVersions: Operation = {
  name: 'ListImageSetVersions',
  method: 'POST',
  path: '/datastore/{datastoreId}/imageSet/{imageSetId}/listImageSetVersions',
  run({ parameters, query }, context) {
    const check = createInputCheck()
    const datastoreId = check.id(parameters['datastoreId'], 'datastoreId')
    const imageSetId = check.id(parameters['imageSetId'], 'imageSetId')
    const wanted = check.page(query)
    check.finish()
    const { items, nextToken } = findPage(wanted, {
      request: imageSetId,
      find: ({ after, limit }) => {
        const before = typeof after?.value === 'number' ? after.value : undefined
        return propertiesPage({ datastoreId, imageSetId }, { before, limit }, context)
      },
      positionOf: ({ version }) => ({ value: version, id: imageSetId }),
    })
    return {
      json: {
        // The API's model writes this member with a capital letter.
        imageSetPropertiesList: items.map((version) => ({
          ...describeVersion(version),
          ImageSetWorkflowStatus: version.workflowStatus,
        })),
        nextToken,
      },
    }
  },
}
