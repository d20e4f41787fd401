import { OutputError, type LostFile } from '@ahi-dicom/export-files'
import { failureOf } from '../failure/failure.ts'
import { countLost, isComplete, isFinished } from '../record/counts.ts'
import { report, type Job } from './job.ts'

/** Instances with lost files that are named in `errors.ndjson`. */
const mostNamed = 100

/**
 * Removes files that later ones have replaced, and checks that the record and the files that it names are there. Reports
 * instances with lost files as failed. A lost record ends the job. Does nothing if the job was ended early.
 */
export async function finishRecord(job: Job): Promise<void> {
  if (job.starting.aborted && !isFinished(job.counts)) return
  try {
    await reportLost(job, await job.record.finish({ isComplete: isComplete(job.counts) }))
  } catch (error) {
    await report(job, failureOf(error), { datastoreId: job.options.datastoreId })
  }
}

async function reportLost(job: Job, lost: readonly LostFile[]): Promise<void> {
  const instances = new Map(
    lost.map((file) => [`${file.imageSetId}/${file.seriesInstanceUid}/${file.sopInstanceUid}`, file]),
  )
  let named = 0
  for (const file of instances.values()) {
    if (file.isOfThisRun) countLost(job.counts)
    named += 1
    if (named > mostNamed) continue
    const { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid } = file
    const item = { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid }
    await report(job, failureOf(lostError('a file of the instance', file.path)), item)
  }
  if (named <= mostNamed) return
  const { datastoreId } = job.options
  await report(job, failureOf(lostError(`files of ${named - mostNamed} more instances`, '')), { datastoreId })
}

function lostError(what: string, path: string): OutputError {
  const message =
    `Cannot find ${what}: it was written and is gone, or has another size; find out what did that, then resume the ` +
    "export (mode 'resume')"
  return new OutputError('OUTPUT_FILE_LOST', message, { path })
}
