import { expect } from 'vitest'
import { objectOf, textOf } from './json.ts'
import { until } from './session.ts'
import type { Session } from './session.ts'

/** Imports the client's study. */
export async function importStudy(session: Session): Promise<void> {
  const { client, target, run, name } = session
  const { datastoreId, dataAccessRoleArn, outputS3Uri } = target
  const request = {
    jobName: run,
    clientToken: run,
    datastoreId,
    dataAccessRoleArn,
    inputS3Uri: `${target.inputS3Uri}${name}/`,
    outputS3Uri,
  }
  const started = await client.succeed('StartDICOMImportJob', request)
  expect(started).toMatchObject({ datastoreId, jobStatus: 'SUBMITTED' })
  const jobId = textOf(started, 'jobId')
  const again = await client.succeed('StartDICOMImportJob', request)
  expect(again['jobId']).toBe(jobId)
  await client.fail('StartDICOMImportJob', { ...request, inputS3Uri: outputS3Uri }, 'ConflictException')
  const ended = await until(session, { operation: 'GetDICOMImportJob', input: { datastoreId, jobId } }, (output) =>
    ['COMPLETED', 'FAILED'].includes(textOf(output['jobProperties'], 'jobStatus')),
  )
  expect(objectOf(ended, 'jobProperties')).toMatchObject({
    jobStatus: 'COMPLETED',
    jobName: run,
    inputS3Uri: request.inputS3Uri,
    outputS3Uri: `${outputS3Uri}${datastoreId}-DicomImport-${jobId}/`,
    endedAt: expect.any(Number),
  })
  await client.succeed('ListDICOMImportJobs', { datastoreId, maxResults: 50 })
  const listed = await client.items('ListDICOMImportJobs', { datastoreId, jobStatus: 'COMPLETED' }, 1)
  expect(listed).toContainEqual(expect.objectContaining({ jobId, jobName: run, dataAccessRoleArn }))
}
