import { existingDatastore } from '../operation/existing-resources.ts'
import { createInputCheck } from '../operation/input-check.ts'
import type { Operation } from '../operation/operation.ts'
import { findPage } from '../operation/page.ts'
import { jobStatuses } from '../store/import-jobs.ts'
import { describeImportJob } from './describe-import-job.ts'

export const listDicomImportJobs: Operation = {
  name: 'ListDICOMImportJobs',
  method: 'GET',
  path: '/listDICOMImportJobs/datastore/{datastoreId}',
  run({ parameters, query }, context) {
    const check = createInputCheck()
    const datastoreId = check.id(parameters['datastoreId'], 'datastoreId')
    const status = query.has('jobStatus') ? check.oneOf(query.get('jobStatus'), 'jobStatus', jobStatuses) : undefined
    const wanted = check.page(query)
    check.finish()
    existingDatastore(datastoreId, context)
    const { items, nextToken } = findPage(wanted, {
      request: { datastoreId, status },
      find: (page) => context.store.importJobs.list({ datastoreId, status, ...page }),
      positionOf: ({ submittedAt, id }) => ({ value: submittedAt, id }),
    })
    return { json: { jobSummaries: items.map(describeImportJob), nextToken } }
  },
}
