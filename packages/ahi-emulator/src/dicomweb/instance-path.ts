import { createInputCheck } from '../server/input-check.ts'
import type { OperationRequest } from '../server/operation.ts'
import type { InstancePath } from './find-instance.ts'

/** Where the operations on one instance are. */
export const INSTANCE_PATH = '/datastore/{datastoreId}/studies/{study}/series/{series}/instances/{instance}'

/** UIDs as they are imported: longer than PS3.5 allows, never with another character. */
const UID = { longest: 256, pattern: '[0-9.]+' }

/**
 * Reads what a request of {@link INSTANCE_PATH} names.
 * @throws {ServiceError} ValidationException
 */
export function readInstancePath({ parameters, query }: Pick<OperationRequest, 'parameters' | 'query'>): InstancePath {
  const check = createInputCheck()
  const imageSetId = query.get('imageSetId') ?? undefined
  const path = {
    datastoreId: check.id(parameters['datastoreId'], 'datastoreId'),
    studyInstanceUid: check.text(parameters['study'], 'studyInstanceUID', UID),
    seriesInstanceUid: check.text(parameters['series'], 'seriesInstanceUID', UID),
    sopInstanceUid: check.text(parameters['instance'], 'sopInstanceUID', UID),
    imageSetId: imageSetId === undefined ? undefined : check.id(imageSetId, 'imageSetId'),
  }
  check.finish()
  return path
}
