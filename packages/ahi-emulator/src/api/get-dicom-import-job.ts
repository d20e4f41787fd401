import { existingDatastore } from '../operation/existing-resources.ts'
import { createInputCheck } from '../operation/input-check.ts'
import type { Operation } from '../operation/operation.ts'
import { ServiceError } from '../operation/service-error.ts'
import { describeImportJob } from './describe-import-job.ts'
import { describeImportConfiguration } from './import-configuration.ts'

export const getDicomImportJob: Operation = {
  name: 'GetDICOMImportJob',
  method: 'GET',
  path: '/getDICOMImportJob/datastore/{datastoreId}/job/{jobId}',
  run({ parameters }, context) {
    const check = createInputCheck()
    const datastoreId = check.id(parameters['datastoreId'], 'datastoreId')
    const jobId = check.text(parameters['jobId'], 'jobId', { shortest: 1, longest: 32, pattern: '[0-9a-z]+' })
    check.finish()
    existingDatastore(datastoreId, context)
    const job = context.store.importJobs.get(datastoreId, jobId)
    if (job === undefined) throw new ServiceError('ResourceNotFoundException', `Import job ${jobId} does not exist`)
    const { inputS3Uri, outputS3Uri } = job
    const importConfiguration = describeImportConfiguration(job.metadataMappings)
    return { json: { jobProperties: { ...describeImportJob(job), inputS3Uri, outputS3Uri, importConfiguration } } }
  },
}
