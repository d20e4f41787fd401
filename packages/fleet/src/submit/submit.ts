import type { ErrorEntry } from '@ahi-dicom/export-files'
import { FleetError } from '../errors.ts'
import type { FleetContext } from '../fleet-context.ts'
import type { Run } from '../model/run.ts'
import { askRedis, type RedisPatience } from '../redis/ask-redis.ts'
import { runIdOf } from '../run/run-id.ts'
import { formatRun, isPartSize, parseRun } from '../run/run-record.ts'
import { addSelected } from './add-selected.ts'
import { runCancelled } from '../run/run-cancelled.ts'
import { createFailureList } from './failure-list.ts'
import type { SubmitOptions, SubmittedRun } from './submit-options.ts'
import { holdSubmitterLease } from './submitter-lease.ts'

const defaultInstancesPerPart = 2000

/** The parts of a submission. */
export interface SubmitParts {
  readonly options: SubmitOptions
  /** Milliseconds after which a silent submitter counts as gone. */
  readonly leaseMs: number
}

/**
 * Adds a job for each selected image set to the queue of the request's run. Existing jobs are left unchanged, so a submission
 * that was killed can be repeated. The run is `submitting` until a submission has added all jobs. A cancelled or reported run
 * accepts jobs again.
 *
 * @throws {FleetError} `FLEET_RUN_CANCELLED` if the run is cancelled during the submission, `FLEET_RUN_NOT_FOUND` if it is
 *   forgotten. After other errors the run stays `submitting`.
 * @throws the reason of `signal`, and the errors of the selection
 */
export async function submitRun(context: FleetContext, parts: SubmitParts): Promise<SubmittedRun> {
  const { options } = parts
  const { client } = context.redis
  let isAway = false
  const tell = (nowAway: boolean): void => {
    if (nowAway === isAway) return
    isAway = nowAway
    options.onRedis?.(isAway ? 'away' : 'back')
  }
  const onAway = (): void => tell(true)
  const onBack = (): void => tell(false)
  client.on('close', onAway)
  client.on('ready', onBack)
  try {
    return await submit(context, parts)
  } finally {
    client.off('close', onAway)
    client.off('ready', onBack)
  }
}

async function submit(context: FleetContext, { options, leaseMs }: SubmitParts): Promise<SubmittedRun> {
  const { signal } = options
  const patience = { signal, awayMs: Infinity }
  const asked = newRun(options)
  await using _ = await holdSubmitterLease(context, asked.id, { leaseMs, patience })
  const processId = async (): Promise<string | undefined> =>
    (await askRedis(context.redis, () => context.redis.askServer(), patience)).processId
  let added = 0
  for (let before = await processId(); ;) {
    const submitted = await submitOnce(context, { ...options, asked }, patience)
    added += submitted.added
    // A restarted server, or a replica that took over, may lack the jobs that were added last.
    const after = await processId()
    if (after === before) return { ...submitted, added }
    if (isReadOnce(options.selectors)) throw await restarted(context, submitted.run, patience)
    before = after
  }
}

/** Returns whether selectors can be iterated only once, such as a stream. */
function isReadOnce(selectors: SubmitOptions['selectors']): boolean {
  if (selectors === 'all' || Array.isArray(selectors)) return false
  return !(Symbol.iterator in selectors) || Object.is(selectors[Symbol.iterator](), selectors)
}

/** Sets the run back to `submitting`, and returns the error that tells the caller to submit it again. */
async function restarted(context: FleetContext, run: Run, patience: RedisPatience): Promise<FleetError> {
  await askRedis(context.redis, async () => context.runs.put(run, reopened), patience)
  return new FleetError(
    'FLEET_REDIS_UNREACHABLE',
    `Cannot tell whether run ${run.id} has all its jobs: Redis was restarted during the submission and may have lost some; submit it again`,
    { runId: run.id },
  )
}

async function submitOnce(
  context: FleetContext,
  options: SubmitOptions & { readonly asked: Run },
  patience: RedisPatience,
): Promise<SubmittedRun> {
  const { onFailure, asked } = options
  const run = await openRun(context, asked, patience)
  const failures = createFailureList(context, run.id, patience)
  await failures.clear()
  const counts = await addSelected(context, {
    ...options,
    run,
    onFailure(failure: ErrorEntry) {
      failures.add(failure)
      onFailure?.(failure)
    },
  })
  await failures.stored()
  const submitted = await askRedis(context.redis, async () => context.runs.change(run.id, markSubmitted), patience)
  return { ...counts, run: submitted, failures: failures.count }
}

function newRun({ request, instancesPerPart = defaultInstancesPerPart }: SubmitOptions): Run {
  if (!isPartSize(instancesPerPart)) {
    throw new RangeError(
      `Expected \`instancesPerPart\` to be an integer of at least 1, got \`${String(instancesPerPart)}\``,
    )
  }
  if (request.datastoreId === '' || request.destination === '') {
    throw new TypeError('Expected `request` to have a data store and a destination, got an empty string')
  }
  const id = runIdOf(request)
  const run: Run = { ...request, id, instancesPerPart, state: 'submitting', createdAt: new Date() }
  // Returns the run as the workers will read it. Values that JSON drops or changes are dropped or changed here too.
  return parseRun(id, formatRun(run))
}

/** Stores a new run, or opens the stored run for more jobs. */
async function openRun(context: FleetContext, run: Run, patience: RedisPatience): Promise<Run> {
  const stored = await askRedis(context.redis, async () => context.runs.find(run.id), patience)
  // The queue is resumed before the state changes. If the process is killed in between, the next submission does both.
  if (stored?.state === 'cancelled') await askRedis(context.redis, async () => context.queue(run.id).resume(), patience)
  return askRedis(context.redis, async () => context.runs.put(run, reopened), patience)
}

function reopened(stored: Run): Run {
  return { ...stored, state: 'submitting', reportedAt: undefined }
}

function markSubmitted(stored: Run): Run {
  if (stored.state === 'cancelled') throw runCancelled(stored.id)
  return { ...stored, state: 'submitted' }
}
