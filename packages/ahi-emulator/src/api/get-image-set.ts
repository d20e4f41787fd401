import { existingProperties } from '../operation/existing-resources.ts'
import { createInputCheck } from '../operation/input-check.ts'
import type { Operation } from '../operation/operation.ts'
import { datastoreArn, describeVersion, epochSeconds } from './representations.ts'

export const getImageSet: Operation = {
  name: 'GetImageSet',
  method: 'POST',
  path: '/datastore/{datastoreId}/imageSet/{imageSetId}/getImageSet',
  run({ parameters, query }, context) {
    const check = createInputCheck()
    const datastoreId = check.id(parameters['datastoreId'], 'datastoreId')
    const imageSetId = check.id(parameters['imageSetId'], 'imageSetId')
    const versionId = check.versionId(query)
    check.finish()
    const version = existingProperties({ datastoreId, imageSetId }, versionId, context)
    return {
      json: {
        ...describeVersion(version),
        datastoreId,
        imageSetWorkflowStatus: version.workflowStatus,
        imageSetArn: `${datastoreArn(datastoreId, context)}/imageset/${imageSetId}`,
        lastAccessedAt: epochSeconds(version.updatedAt),
        storageTier: 'FREQUENT_ACCESS',
      },
    }
  },
}
