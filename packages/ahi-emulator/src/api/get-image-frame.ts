import { existingImageSet } from '../operation/existing-resources.ts'
import { createInputCheck } from '../operation/input-check.ts'
import { readJsonBody } from '../operation/json-body.ts'
import type { Operation } from '../operation/operation.ts'
import { ServiceError } from '../operation/service-error.ts'
import { frameContentType } from '../pixels/frame-storage.ts'
import { largestBorrowed } from '../store/buffer-pool.ts'

export const getImageFrame: Operation = {
  name: 'GetImageFrame',
  method: 'POST',
  path: '/datastore/{datastoreId}/imageSet/{imageSetId}/getImageFrame',
  async run({ parameters, body }, context) {
    const check = createInputCheck()
    const datastoreId = check.id(parameters['datastoreId'], 'datastoreId')
    const imageSetId = check.id(parameters['imageSetId'], 'imageSetId')
    const { imageFrameId: value } = readJsonBody(body)
    const imageFrameId = check.id(typeof value === 'string' ? value : undefined, 'imageFrameInformation.imageFrameId')
    check.finish()
    const frame = context.store.findFrame(datastoreId, imageSetId, imageFrameId)
    if (frame === undefined) {
      existingImageSet({ datastoreId, imageSetId }, context)
      throw new ServiceError('ResourceNotFoundException', `Image frame ${imageFrameId} does not exist`)
    }
    context.store.accessTimes.touch(imageSetId, context.now())
    const { byteLength, transferSyntaxUid } = frame
    const contentType = frameContentType(transferSyntaxUid)
    return byteLength <= largestBorrowed
      ? { ...(await frame.borrow()), contentType }
      : { stream: frame.stream(), contentType, byteLength }
  },
}
