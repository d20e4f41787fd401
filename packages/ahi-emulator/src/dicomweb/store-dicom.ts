import { stat } from 'node:fs/promises'
import { existingDatastore } from '../operation/existing-resources.ts'
import { createInputCheck } from '../operation/input-check.ts'
import type { Operation, OperationRequest } from '../operation/operation.ts'
import { ServiceError } from '../operation/service-error.ts'
import { readMediaRange, requireAccepted } from './accept.ts'
import { STUDY_PATH, checkUid } from './instance-path.ts'
import { DICOM_JSON } from './json-answer.ts'
import { findParts } from './multipart-parts.ts'
import type { MultipartPart } from './multipart-parts.ts'
import { originOf } from './origin.ts'
import { storeAnswer } from './store-answer.ts'
import { storeInstances } from './store-instances.ts'

/** 1 GB (developer guide, "Storing instances with STOW-RS"). */
const LARGEST_REQUEST = 2 ** 30

const DICOM = 'application/dicom'

/** The operations that store instances (STOW-RS, PS3.18 10.5). */
export const STORE_OPERATIONS: readonly Operation[] = [
  storeOperation('StoreDICOM', '/datastore/{datastoreId}/studies'),
  storeOperation('StoreDICOMStudy', STUDY_PATH),
]

function storeOperation(name: string, path: string): Operation {
  return {
    name,
    method: 'POST',
    path,
    largestBodyFile: LARGEST_REQUEST,
    async run(request, context) {
      const { datastoreId, study } = readPath(request)
      requireAccepted(request.headers.accept, DICOM_JSON)
      const datastore = existingDatastore(datastoreId, context)
      const { bodyFile: file = '' } = request
      const parts = await partsOf(file, request.headers['content-type'])
      const instances = await storeInstances({ path: file, parts, datastore, study }, context)
      return storeAnswer(instances, { datastoreId, baseUrl: `${originOf(request)}/datastore/${datastoreId}` })
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
  if (mediaType === DICOM) return [{ contentType: DICOM, start: 0, end: (await stat(file)).size }]
  const type = parameters.get('type') ?? DICOM
  const boundary = parameters.get('boundary') ?? ''
  if (mediaType !== 'multipart/related' || type.toLowerCase() !== DICOM || boundary === '') {
    const wanted = `${DICOM}, or multipart/related; type="${DICOM}" with a boundary`
    throw new ServiceError('ValidationException', `The Content-Type of the request has to be ${wanted}`)
  }
  const parts = await findParts(file, boundary)
  if (parts.length > 0) return parts
  throw new ServiceError('ValidationException', 'The request has no instances')
}
