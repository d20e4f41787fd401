import { existingImageSet, existingVersion } from '../operation/existing-resources.ts'
import { createInputCheck } from '../operation/input-check.ts'
import type { Operation } from '../operation/operation.ts'

export const getImageSetMetadata: Operation = {
  name: 'GetImageSetMetadata',
  method: 'POST',
  path: '/datastore/{datastoreId}/imageSet/{imageSetId}/getImageSetMetadata',
  async run({ parameters, query }, context) {
    const check = createInputCheck()
    const datastoreId = check.id(parameters['datastoreId'], 'datastoreId')
    const imageSetId = check.id(parameters['imageSetId'], 'imageSetId')
    const versionId = check.versionId(query)
    check.finish()
    const imageSet = existingImageSet({ datastoreId, imageSetId }, context)
    const { documentPath } = existingVersion(imageSet, versionId, context)
    context.store.accessTimes.touch(imageSetId, context.now())
    const bytes = await context.store.readDocument(documentPath)
    return { bytes, contentType: 'application/json', contentEncoding: 'gzip' }
  },
}
