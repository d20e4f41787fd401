import { OutputError, type LostFile } from '@ahi-dicom/export-files'
import { failureOf } from '../failure/failure.ts'
import { countLost, isComplete, isFinished } from '../record/counts.ts'
import { report, type Job } from './job.ts'

/** The most instances and series with lost files that `errors.ndjson` names one by one. */
const mostNamed = 100

/**
 * Removes replaced files, then checks that the record and all files it names exist. Reports instances and series with
 * lost files as failed. If the record is lost, the job ends. Does nothing if the job ended early.
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
  const items = new Map(lost.map((file) => [nameOf(file), file]))
  let named = 0
  for (const file of items.values()) {
    const isOfLostSeries = file.sopInstanceUid !== undefined && items.has(nameOf({ ...file, sopInstanceUid: '' }))
    if (file.isOfThisRun && !isOfLostSeries) countLost(job.counts, 'instances' in file ? file.instances : 1)
    named += 1
    if (named > mostNamed) continue
    const { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid } = file
    const item = { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid }
    const what = sopInstanceUid === undefined ? 'a file of the series' : 'a file of the instance'
    await report(job, failureOf(lostError(what, file.path)), item)
  }
  if (named <= mostNamed) return
  const { datastoreId } = job.options
  await report(job, failureOf(lostError(`files of ${named - mostNamed} more instances or series`, '')), { datastoreId })
}

function nameOf({ imageSetId, seriesInstanceUid, sopInstanceUid = '' }: NamedItem): string {
  return `${imageSetId}/${seriesInstanceUid}/${sopInstanceUid}`
}

type NamedItem = Pick<LostFile, 'imageSetId' | 'seriesInstanceUid'> & { readonly sopInstanceUid?: string | undefined }

function lostError(what: string, path: string): OutputError {
  const message =
    `Cannot find ${what}: it was written, but is gone or has another size; find out what removed or changed it, then ` +
    "resume the export (mode 'resume')"
  return new OutputError('OUTPUT_FILE_LOST', message, { path })
}
