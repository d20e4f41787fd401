import { createInputCheck } from '../operation/input-check.ts'
import type { Operation } from '../operation/operation.ts'
import { decodePageToken, encodePageToken } from '../operation/page-token.ts'
import { jobStatuses } from '../store/import-jobs.ts'
import { describeImportJob } from './describe-import-job.ts'
import { existingDatastore } from '../operation/existing-resources.ts'

export const listDicomImportJobs: Operation = {
  name: 'ListDICOMImportJobs',
  method: 'GET',
  path: '/listDICOMImportJobs/datastore/{datastoreId}',
  run({ parameters, query }, context) {
    const check = createInputCheck()
    const datastoreId = check.id(parameters['datastoreId'], 'datastoreId')
    const status = query.has('jobStatus') ? check.oneOf(query.get('jobStatus'), 'jobStatus', jobStatuses) : undefined
    const limit = check.maxResults(query.get('maxResults') ?? undefined)
    const nextToken = check.nextToken(query.get('nextToken') ?? undefined)
    check.finish()
    existingDatastore(datastoreId, context)
    const after = decodePageToken({ datastoreId, status }, nextToken)
    const found = context.store.importJobs.list({ datastoreId, status, after, limit: limit + 1 })
    const page = found.slice(0, limit)
    const last = page.at(-1)
    return {
      json: {
        jobSummaries: page.map(describeImportJob),
        nextToken:
          last !== undefined && found.length > limit
            ? encodePageToken({ datastoreId, status }, { value: last.submittedAt, id: last.id })
            : undefined,
      },
    }
  },
}
