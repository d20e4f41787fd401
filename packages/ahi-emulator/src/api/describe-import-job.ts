import type { ImportJob } from '../store/import-jobs.ts'
import { epochSeconds } from './representations.ts'

/** Returns the members that the summary and the properties of an import job share. */
export function describeImportJob(job: ImportJob): Record<string, unknown> {
  const { id, name, status, datastoreId, dataAccessRoleArn, submittedAt, endedAt, message } = job
  return {
    jobId: id,
    jobName: name,
    jobStatus: status,
    datastoreId,
    dataAccessRoleArn,
    submittedAt: epochSeconds(submittedAt),
    endedAt: endedAt === undefined ? undefined : epochSeconds(endedAt),
    message,
  }
}
