import { createInputCheck } from '../operation/input-check.ts'
import type { Operation } from '../operation/operation.ts'
import { ServiceError } from '../operation/service-error.ts'
import { requireAccepted } from './accept.ts'
import { findInstance } from './find-instance.ts'
import { instanceRoute, readInstancePath } from './instance-path.ts'

const octetStream = 'application/octet-stream'

export const getDicomBulkdata: Operation = {
  name: 'GetDICOMBulkdata',
  method: 'GET',
  path: `${instanceRoute}/bulkdata/{name}`,
  async run(request, { store, ...context }) {
    const path = readInstancePath(request)
    const check = createInputCheck()
    const name = check.text(request.parameters['name'], 'bulkdata', { longest: 64, pattern: '[0-9a-f]{64}' })
    check.finish()
    requireAccepted(request.headers.accept, octetStream)
    const { metadata } = await findInstance(path, { store, ...context })
    const location = store.bulkData.find(metadata.ImageSetID, name)
    if (location !== undefined) {
      return { stream: store.streamPack(location), byteLength: location.byteLength, contentType: octetStream }
    }
    throw new ServiceError('ResourceNotFoundException', `Instance ${path.sopInstanceUid} has no bulk data ${name}`)
  },
}
