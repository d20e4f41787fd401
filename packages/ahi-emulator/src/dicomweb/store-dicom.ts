import { stat } from 'node:fs/promises'
import { existingDatastore } from '../operation/existing-resources.ts'
import { createInputCheck } from '../operation/input-check.ts'
import type { Operation, OperationRequest } from '../operation/operation.ts'
import { validationError } from '../operation/service-error.ts'
import { readMediaRange, requireAccepted } from './accept.ts'
import { studyRoute, checkUid } from './instance-path.ts'
import { dicomJsonType } from './json-answer.ts'
import { findParts, type MultipartPart } from './multipart-parts.ts'
import { storeAnswer } from './store-answer.ts'
import { storeInstances } from './store-instances.ts'
import { datastoreUrl } from './urls.ts'

/** Most bytes of a request: 1 GB (developer guide, "Storing instances with STOW-RS"). */
const largestRequest = 2 ** 30

const dicomType = 'application/dicom'

/** The operations that store instances (STOW-RS, PS3.18 10.5). */
export const storeOperations: readonly Operation[] = [
  createStoreOperation('StoreDICOM', '/datastore/{datastoreId}/studies'),
  createStoreOperation('StoreDICOMStudy', studyRoute),
]

function createStoreOperation(name: string, path: string): Operation {
  return {
    name,
    method: 'POST',
    path,
    largestBodyFile: largestRequest,
    async run(request, context) {
      const { datastoreId, study } = readPath(request)
      requireAccepted(request.headers.accept, dicomJsonType)
      const datastore = existingDatastore(datastoreId, context)
      const { bodyFile: file = '' } = request
      const parts = await partsOf(file, request.headers['content-type'])
      const instances = await storeInstances({ path: file, parts, datastore, study }, context)
      return storeAnswer(instances, { datastoreId, baseUrl: datastoreUrl(request, datastoreId) })
    },
  }
}

function readPath({ parameters }: OperationRequest): {
  readonly datastoreId: string
  readonly study: string | undefined
} {
  const check = createInputCheck()
  const { study } = parameters
  const datastoreId = check.id(parameters['datastoreId'], 'datastoreId')
  if (study !== undefined) checkUid(study, 'studyInstanceUID', check)
  check.finish()
  return { datastoreId, study }
}

async function partsOf(file: string, contentType: string | undefined): Promise<readonly MultipartPart[]> {
  const { mediaType, parameters } = readMediaRange(contentType ?? '')
  if (mediaType === dicomType) return [{ contentType: dicomType, start: 0, end: (await stat(file)).size }]
  const type = parameters.get('type') ?? dicomType
  const boundary = parameters.get('boundary') ?? ''
  if (mediaType !== 'multipart/related' || type.toLowerCase() !== dicomType || boundary === '') {
    const wanted = `${dicomType}, or multipart/related; type="${dicomType}" with a boundary`
    throw validationError(`The Content-Type of the request must be ${wanted}`)
  }
  const parts = await findParts(file, boundary)
  if (parts.length > 0) return parts
  throw validationError('The request has no instances')
}
