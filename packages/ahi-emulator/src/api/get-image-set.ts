import { existingProperties } from '../operation/existing-resources.ts'
import { createInputCheck } from '../operation/input-check.ts'
import type { Operation } from '../operation/operation.ts'
import { datastoreArn, describeStorage, describeVersion } from './representations.ts'

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
    // The storage tier belongs to the image set: every version has the same. Being the source of a copy does not
    // change it.
    const { updatedAt } = context.store.imageSets.get(datastoreId, imageSetId) ?? version
    return {
      json: {
        ...describeVersion(version),
        datastoreId,
        imageSetWorkflowStatus: version.workflowStatus,
        imageSetArn: `${datastoreArn(datastoreId, context)}/imageset/${imageSetId}`,
        ...describeStorage({ imageSetId, updatedAt }, context),
      },
    }
  },
}
