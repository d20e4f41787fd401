import { createKeySet, readAhead, type ErrorEntry, type KeySet } from '@ahi-dicom/export-files'
import { formatSelector, type SelectedVersion } from '@ahi-dicom/exporter'
import { FleetError } from '../errors.ts'
import type { FleetContext } from '../fleet-context.ts'
import { jobIdOf } from '../job/job-id.ts'
import { formatJobData, type JobData } from '../job/job-payload.ts'
import type { Run } from '../model/run.ts'
import { askRedis } from '../redis/ask-redis.ts'
import { runCancelled } from '../run/run-cancelled.ts'
import { noteAsked } from '../run/selector-notes.ts'
import { createEarlierImageSets, type EarlierImageSets } from './earlier-image-sets.ts'
import type { SubmitOptions, SubmitProgress } from './submit-options.ts'

/** Jobs in a batch. Larger batches take more memory and are hardly faster. */
const batchSize = 50

/** Batches that may be in progress besides the oldest one. */
const batchesAhead = 3

/** Memory for the selectors seen so far, in bytes. */
const maxMemory = 2 * 2 ** 20

/** Options of {@link addSelected}. */
export interface AddSelectedOptions extends SubmitOptions {
  readonly run: Run
  readonly onFailure: (failure: ErrorEntry) => void
}

/** A job to add if it does not exist yet. */
interface NewJob {
  readonly jobId: string
  readonly data: JobData
  /** Selectors that this submission has not used in an earlier job. */
  readonly firstOf: readonly string[]
}

/**
 * Adds a job for each selected image set. Existing jobs are left unchanged. Memory does not depend on the number of jobs.
 * @throws {FleetError} the errors of `submit`
 */
export async function addSelected(context: FleetContext, options: AddSelectedOptions): Promise<SubmitProgress> {
  const { run, exporter, signal, onProgress } = options
  const { selectors, filters, nonPrimary, onFailure } = options
  using earlier = createEarlierImageSets()
  using asked = createKeySet({ maxMemory })
  const { datastoreId } = run
  const selected = exporter.selectImageSets({ datastoreId, selectors, filters, nonPrimary, signal, onFailure })
  const batches = batchesOf(newJobs(selected, { earlier, asked, datastoreId, onFailure }))
  let progress: SubmitProgress = { imageSets: 0, added: 0 }
  const addBatch = async (jobs: readonly NewJob[]): Promise<SubmitProgress> => ({
    imageSets: jobs.length,
    added: await addMissing(context, run.id, jobs, signal),
  })
  for await (const { imageSets, added } of readAhead(batches, batchesAhead, addBatch)) {
    progress = { imageSets: progress.imageSets + imageSets, added: progress.added + added }
    onProgress?.(progress)
  }
  return progress
}

interface Seen {
  readonly earlier: EarlierImageSets
  readonly asked: KeySet
  readonly datastoreId: string
  readonly onFailure: (failure: ErrorEntry) => void
}

async function* newJobs(
  selected: AsyncIterable<SelectedVersion>,
  { earlier, asked, datastoreId, onFailure }: Seen,
): AsyncGenerator<NewJob, void, undefined> {
  for await (const version of selected) {
    const { imageSetId, versionId, selectors } = version
    const payload = { imageSetId, versionId, part: 1, selectors, after: earlier.before(version) }
    try {
      const data = formatJobData(payload)
      // An image set without a job exports nothing, so later ones must not leave out its instances.
      earlier.add(version)
      const firstOf = selectors.map(formatSelector).filter((text) => asked.add(text))
      yield { jobId: jobIdOf(payload), data, firstOf }
    } catch (error) {
      if (!(error instanceof FleetError)) throw error
      const { code, message } = error
      onFailure({ datastoreId, imageSetId, code, message, retryable: false })
    }
  }
}

async function* batchesOf(jobs: AsyncIterable<NewJob>): AsyncGenerator<readonly NewJob[], void, undefined> {
  let batch: NewJob[] = []
  for await (const job of jobs) {
    batch.push(job)
    if (batch.length < batchSize) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** Adds the jobs that do not exist yet, and returns their number. */
async function addMissing(
  context: FleetContext,
  runId: string,
  jobs: readonly NewJob[],
  signal: AbortSignal | undefined,
): Promise<number> {
  const patience = { signal, awayMs: Infinity }
  const { client } = context.redis
  const queue = context.queue(runId)
  const run = await askRedis(context.redis, async () => context.runs.get(runId), patience)
  if (run.state === 'cancelled') throw runCancelled(runId)
  const isThere = await askRedis(context.redis, async () => exist(context, runId, jobs), patience)
  const missing = jobs.filter((_, index) => isThere[index] !== true)
  const texts = jobs.flatMap((job) => job.firstOf)
  if (texts.length > 0) {
    await askRedis(context.redis, async () => noteAsked(client, context.keys, { runId, texts }), patience)
  }
  const entries = missing.map(({ jobId, data }) => ({ name: '', data, opts: { jobId } }))
  if (entries.length > 0) await askRedis(context.redis, async () => queue.addBulk(entries), patience)
  return entries.length
}

async function exist(context: FleetContext, runId: string, jobs: readonly NewJob[]): Promise<boolean[]> {
  const queue = context.queue(runId)
  const pipeline = context.redis.client.pipeline()
  for (const { jobId } of jobs) pipeline.exists(queue.toKey(jobId))
  return ((await pipeline.exec()) ?? []).map(([error, found]) => {
    if (error !== null) throw error
    return found === 1
  })
}
