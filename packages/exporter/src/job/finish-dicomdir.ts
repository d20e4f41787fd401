import { OutputError, type RecordedFile } from '@ahi-dicom/export-files'
import { failureOf } from '../failure/failure.ts'
import { isFinished } from '../record/counts.ts'
import { report, type Job } from './job.ts'

/** The most instances missing from the DICOMDIR that `errors.ndjson` names one by one. */
const mostNamed = 100

/**
 * Writes the DICOMDIR, if the job has one. Reports instances that it lacks as failed. Returns false if the job ended
 * before the DICOMDIR was written. The DICOMDIR of an earlier run then stays.
 */
export async function finishDicomdir(job: Job): Promise<boolean> {
  if (job.options.dicomdir !== true) return true
  if (job.signal.aborted || (job.starting.aborted && !isFinished(job.counts))) return false
  const { datastoreId } = job.options
  try {
    await reportUnlisted(job, await job.record.writeDicomdir({ signal: job.signal }))
  } catch (error) {
    if (job.signal.aborted) return false
    await report(job, failureOf(error), { datastoreId })
  }
  return true
}

async function reportUnlisted(job: Job, files: readonly RecordedFile[]): Promise<void> {
  for (const file of files.slice(0, mostNamed)) {
    const { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid, path } = file
    const item = { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid }
    await report(job, failureOf(unlistedError('an instance', path)), item)
  }
  if (files.length <= mostNamed) return
  const { datastoreId } = job.options
  await report(job, failureOf(unlistedError(`${files.length - mostNamed} more instances`, '')), { datastoreId })
}

function unlistedError(what: string, path: string): OutputError {
  const message =
    `Cannot list ${what} in the DICOMDIR: its file was written without a DICOMDIR and cannot be read; write the export ` +
    "again (mode 'overwrite')"
  return new OutputError('OUTPUT_FAILED', message, { path })
}
