import { isDeepStrictEqual } from 'node:util'
import { startImportJob } from '../import/start-import-job.ts'
import { existingDatastore } from '../operation/existing-resources.ts'
import { createInputCheck, type InputCheck } from '../operation/input-check.ts'
import { readJsonBody } from '../operation/json-body.ts'
import type { Operation, OperationContext } from '../operation/operation.ts'
import { ServiceError, validationError } from '../operation/service-error.ts'
import { createId } from '../store/identifiers.ts'
import type { ImportJob, NewImportJob } from '../store/import-jobs.ts'
import { clientTokenConstraint } from './create-datastore.ts'
import { readImportConfiguration } from './import-configuration.ts'
import { epochSeconds } from './representations.ts'

const jobNameConstraint = { shortest: 1, longest: 64, pattern: '[A-Za-z0-9._/#-]+' }
const roleArnConstraint = { shortest: 20, longest: 2048, pattern: 'arn:aws(-[^:]+)?:iam::[0-9]{12}:role/.+' }
/**
 * The service's pattern, extended by folders on this machine: `file:///data/` or `file:/data/`. The AWS CLI needs the
 * second form, because it reads arguments that begin with `file://` from a file.
 */
const folderUriConstraint = {
  shortest: 1,
  longest: 1024,
  pattern: '(s3://[a-z0-9][\\.\\-a-z0-9]{1,61}[a-z0-9](/.*)?|file:(//)?/[^/].*)',
}

/** Most unfinished jobs of a data store. */
const mostJobs = 100

/** Starts an import job. A request with the same client token, such as a retry, gets the same job. */
export const startDicomImportJob: Operation = {
  name: 'StartDICOMImportJob',
  method: 'POST',
  path: '/startDICOMImportJob/datastore/{datastoreId}',
  run({ parameters, body }, context) {
    const check = createInputCheck()
    const datastoreId = check.id(parameters['datastoreId'], 'datastoreId')
    const request = readRequest(readJsonBody(body), check)
    check.finish()
    existingDatastore(datastoreId, context)
    const { importJobs } = context.store
    const earlier = importJobs.ofClientToken(request.clientToken)
    if (earlier !== undefined) return started(requireSame(earlier, { datastoreId, ...request }))
    requireReachable([request.inputS3Uri, request.outputS3Uri], context)
    if (importJobs.countUnfinished(datastoreId) >= mostJobs) {
      const message = `Data store ${datastoreId} has reached the limit of ${mostJobs} unfinished import jobs`
      throw new ServiceError('ServiceQuotaExceededException', message)
    }
    const job = newJob({ datastoreId, ...request }, context)
    importJobs.create(job)
    startImportJob({ ...job, status: 'SUBMITTED', endedAt: undefined, message: undefined }, context)
    return started({ ...job, status: 'SUBMITTED' })
  },
}

type JobRequest = Pick<
  NewImportJob,
  'dataAccessRoleArn' | 'clientToken' | 'inputS3Uri' | 'outputS3Uri' | 'metadataMappings'
> & {
  readonly jobName: string | undefined
}

function readRequest(body: ReturnType<typeof readJsonBody>, check: InputCheck): JobRequest {
  check.optionalText(body['inputOwnerAccountId'], 'inputOwnerAccountId', { shortest: 12, longest: 12, pattern: '\\d+' })
  return {
    jobName: check.optionalText(body['jobName'], 'jobName', jobNameConstraint),
    dataAccessRoleArn: check.text(body['dataAccessRoleArn'], 'dataAccessRoleArn', roleArnConstraint),
    clientToken: check.text(body['clientToken'], 'clientToken', clientTokenConstraint),
    inputS3Uri: check.text(body['inputS3Uri'], 'inputS3Uri', folderUriConstraint),
    outputS3Uri: check.text(body['outputS3Uri'], 'outputS3Uri', folderUriConstraint),
    metadataMappings: readImportConfiguration(body['importConfiguration'], check),
  }
}

function newJob(
  { jobName, outputS3Uri, ...request }: JobRequest & { readonly datastoreId: string },
  { now }: OperationContext,
): NewImportJob {
  const id = createId()
  const folder = outputS3Uri.endsWith('/') ? outputS3Uri : `${outputS3Uri}/`
  return {
    ...request,
    id,
    name: jobName ?? id,
    outputS3Uri: `${folder}${request.datastoreId}-DicomImport-${id}/`,
    submittedAt: now(),
  }
}

function requireReachable(uris: readonly string[], { s3 }: OperationContext): void {
  if (s3 !== undefined || !uris.some((uri) => uri.startsWith('s3://'))) return
  throw validationError('This emulator has no S3 endpoint. Start it with one, or use folders of the form file:/path/')
}

function requireSame(job: ImportJob, request: JobRequest & { readonly datastoreId: string }): ImportJob {
  const isSame =
    job.datastoreId === request.datastoreId &&
    job.inputS3Uri === request.inputS3Uri &&
    job.outputS3Uri.startsWith(request.outputS3Uri) &&
    isDeepStrictEqual(job.metadataMappings, request.metadataMappings) &&
    (request.jobName === undefined || job.name === request.jobName)
  if (isSame) return job
  throw new ServiceError('ConflictException', 'The client token was used for another import job')
}

function started({
  datastoreId,
  id,
  status,
  submittedAt,
}: Pick<ImportJob, 'datastoreId' | 'id' | 'status' | 'submittedAt'>): {
  readonly json: unknown
} {
  return { json: { datastoreId, jobId: id, jobStatus: status, submittedAt: epochSeconds(submittedAt) } }
}
