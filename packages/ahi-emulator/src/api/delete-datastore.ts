import { existingDatastore } from '../operation/existing-resources.ts'
import { createInputCheck } from '../operation/input-check.ts'
import type { Operation } from '../operation/operation.ts'
import { ServiceError } from '../operation/service-error.ts'

/** Deletes a data store at once. Lists still show it, as deleted. */
export const deleteDatastore: Operation = {
  name: 'DeleteDatastore',
  method: 'DELETE',
  path: '/datastore/{datastoreId}',
  run({ parameters }, context) {
    const check = createInputCheck()
    const datastoreId = check.id(parameters['datastoreId'], 'datastoreId')
    check.finish()
    existingDatastore(datastoreId, context)
    const { store } = context
    const sort = { column: 'updated_at', isDescending: true } as const
    if (store.search({ datastoreId, conditions: [], sort, limit: 1 }).length > 0) {
      throw new ServiceError('ConflictException', `Data store ${datastoreId} has image sets: delete them first`)
    }
    if (store.importJobs.countUnfinished(datastoreId) > 0) {
      throw new ServiceError('ConflictException', `Data store ${datastoreId} has import jobs that have not ended`)
    }
    store.datastores.setStatus(datastoreId, { status: 'DELETED', now: context.now() })
    return { json: { datastoreId, datastoreStatus: 'DELETING' } }
  },
}
