import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { isWriterName } from '@ahi-dicom/export-files/writers'
import { printable } from '@ahi-dicom/ahi-metadata/printable'
import { FleetError } from '../errors.ts'
import type { FleetContext } from '../fleet-context.ts'
import type { Run } from '../model/run.ts'
import { createSharedPace, type SharedPace } from '../pace/shared-pace.ts'
import { isRedisAway } from '../redis/translate-error.ts'
import { isWorkerName } from '../worker-state/worker-state.ts'
import { checkRunExport } from './check-run-export.ts'
import { chooseRun, type Choice } from './choose-run.ts'
import { tellPresence, type Occupation } from './presence.ts'
import { redisReason } from './reason.ts'
import { lookMs, redisRefusalMs, serveRun } from './serve-run.ts'
import { createTally } from './tally.ts'
import { pause, untilAborted } from './until-aborted.ts'
import type { WorkEvent } from './work-event.ts'
import type { RefusedRun, RunExport, WorkOptions, WorkSummary } from './work-options.ts'

/** Milliseconds to wait after the first outage. The wait doubles with each further outage, up to the second value. */
const firstOutageMs = 5000
const longestOutageMs = 60_000

/** The options of a worker, and the parts of the fleet that it uses. */
export interface WorkParts {
  readonly options: WorkOptions
  readonly lockMs: number
  /** The shared paces of the workers in this process, by worker name. */
  readonly paces: Map<string, SharedPace>
}

/**
 * Takes jobs and does them until `stop` aborts or, with `untilEmpty`, until no work is left.
 *
 * @throws {TypeError} if `name` is not a valid worker name
 * @throws {FleetError} `FLEET_RUN_NOT_FOUND` if there is no run with the id `runId`
 */
export async function work(context: FleetContext, { lockMs, paces, options }: WorkParts): Promise<WorkSummary> {
  const { runId, untilEmpty = false, client, quotas, name = madeName() } = options
  if (!isWorkerName(name) || !isWriterName(name)) throw notAName(name)
  if (runId !== undefined) await context.runs.get(runId)
  const tally = createTally()
  const occupation: Occupation = { runId: undefined, active: 0 }
  const refused = new Map<string, RefusedRun>()
  const served = new Set<string>(runId === undefined ? [] : [runId])
  const lost = new Set<string>()
  const over = new AbortController()
  const aborting = anySignal([options.signal])
  const stopping = anySignal([options.signal, options.stop])
  const tell = (event: WorkEvent): void => options.onEvent?.(event)
  const choose = (): Promise<Choice> => chooseRun(context, { runId, refused })
  await using pace = createSharedPace({
    redis: context.redis.client,
    prefix: context.prefix,
    name,
    client,
    quotas,
    onFailure: tellPaceFailure,
    signal: options.signal,
  })
  paces.set(name, pace)
  using _watched = watchRedis(context, tell)
  const present = tellPresence({ workers: context.workers, name, tally, occupation, signal: over.signal })
  let fatal: WorkSummary['fatal']
  let outages = 0
  let toldPaused: readonly string[] = []
  /** Times when runs were first seen to be abandoned, by run id. */
  let abandonedAt = new Map<string, number>()
  let abandoned: readonly string[] = []

  /** Reports that the pace cannot be shared. If Redis is away or full, the commands of the jobs fail too and report it. */
  function tellPaceFailure(error: unknown): void {
    const { code, message } = redisReason(context, error)
    if (isRedisAway(error) || code === 'FLEET_REDIS_FULL') return
    tell({ kind: 'redis-failed', code, message: `Cannot share the pace with other workers: ${message}`, waitMs: 0 })
  }

  async function openRun(run: Run): Promise<RunExport> {
    const runExport = await options.openRun(run, { writer: name })
    checkRunExport(runExport, { runId: run.id, writer: name })
    return runExport
  }

  async function take(run: Run): Promise<void> {
    const before = tally.done.jobs
    served.add(run.id)
    const parts = { context, options, lockMs, tally, occupation, tell, choose, openRun, stopping, aborting }
    const end = await serveRun(parts, run)
    if (tally.done.jobs > before) outages = 0
    if (end.kind === 'left') return
    const { code, message } = end
    if (end.kind === 'fatal') fatal = { code, message }
    else if (end.kind === 'refused') {
      refused.set(run.id, { runId: run.id, subject: end.subject, code, message })
      tell({ kind: 'run-refused', runId: run.id, code, message })
    } else {
      const waitMs = outageWait((outages += 1))
      tell({ kind: 'outage', runId: run.id, code, message, waitMs })
      await pause(waitMs, stopping)
    }
  }

  /** Reports unfinished runs that are no longer in Redis: they were forgotten, or Redis lost its data. */
  function noteLost({ known, over: done }: Choice): void {
    for (const id of served) {
      if (known.has(id) && !done.has(id)) continue
      served.delete(id)
      if (known.has(id)) continue
      lost.add(id)
      const { code, message } = runLost(id)
      tell({ kind: 'run-lost', runId: id, code, message })
    }
  }

  /** Chooses the next run. If Redis refuses, for example because it is starting or full, waits and returns `undefined`. */
  async function chooseOrWait(): Promise<Choice | undefined> {
    try {
      return await choose()
    } catch (error) {
      tell({ kind: 'redis-failed', ...redisReason(context, error), waitMs: redisRefusalMs })
      await pause(redisRefusalMs, stopping)
      return undefined
    }
  }

  /** Reports the paused runs that the worker waits for, since the wait may never end. */
  function tellPaused({ run, paused }: Choice): void {
    const waitedFor = run === undefined ? paused : []
    for (const id of waitedFor) if (!toldPaused.includes(id)) tell({ kind: 'run-paused', runId: id })
    toldPaused = waitedFor
  }

  /**
   * Returns whether no work is left. Abandoned runs count only after `lockMs`: a live submitter that lost its connection to
   * Redis needs that time to renew its lease.
   */
  function isEmpty(choice: Choice): boolean {
    const now = performance.now()
    abandonedAt = new Map(choice.abandoned.map((id) => [id, abandonedAt.get(id) ?? now]))
    return choice.isEmpty && [...abandonedAt.values()].every((since) => now - since >= lockMs)
  }

  /** Reports the runs that may lack jobs. */
  function tellAbandoned(choice: Choice): void {
    ;({ abandoned } = choice)
    for (const id of abandoned) tell({ kind: 'run-abandoned', runId: id })
  }

  /** Returns whether the run that the worker is limited to was refused or lost. */
  function isOver(id: string | undefined): boolean {
    return id !== undefined && (refused.has(id) || lost.has(id))
  }

  try {
    while (!stopping.aborted && fatal === undefined) {
      const choice = await untilAborted(chooseOrWait(), stopping)
      if (choice === undefined) continue
      tellPaused(choice)
      noteLost(choice)
      if (choice.run !== undefined) await take(choice.run)
      else if (untilEmpty && isEmpty(choice)) {
        tellAbandoned(choice)
        break
      } else if (isOver(runId)) break
      else await pause(lookMs, stopping)
    }
  } finally {
    paces.delete(name)
    over.abort()
    await present
  }
  return {
    name,
    ...tally.done,
    failed: tally.failed,
    lost: [...lost],
    abandoned,
    refused: [...refused.values()],
    fatal,
  }
}

function runLost(runId: string): FleetError {
  return new FleetError(
    'FLEET_RUN_NOT_FOUND',
    `Cannot find run ${runId} any more: it was forgotten, or Redis lost its data; if Redis lost its data, submit the run again`,
    { runId },
  )
}

/** Reports each loss of the connection to Redis once, and its return. */
function watchRedis({ redis }: FleetContext, tell: (event: WorkEvent) => void): Disposable {
  let isAway = false
  const onClose = (): void => {
    if (isAway) return
    isAway = true
    const message = `Lost the connection to Redis at ${redis.shown}: jobs in progress continue, and no more are taken until it is back`
    tell({ kind: 'redis-away', code: 'FLEET_REDIS_UNREACHABLE', message })
  }
  const onReady = (): void => {
    if (!isAway) return
    isAway = false
    tell({ kind: 'redis-back' })
  }
  redis.client.on('close', onClose)
  redis.client.on('ready', onReady)
  return {
    [Symbol.dispose]() {
      redis.client.off('close', onClose)
      redis.client.off('ready', onReady)
    },
  }
}

function outageWait(outages: number): number {
  const longest = Math.min(longestOutageMs, firstOutageMs * 2 ** (outages - 1))
  return Math.round(longest * (0.5 + Math.random() / 2))
}

/** Returns a generated worker name. It contains only characters that are safe in paths. */
function madeName(): string {
  const host = hostname()
    .replaceAll(/[^A-Za-z0-9-]/g, '-')
    .replace(/^-+/, '')
    .slice(0, 40)
  return `${host === '' ? 'host' : host}-${process.pid}-${randomBytes(4).toString('hex')}`
}

function notAName(name: string): TypeError {
  const shown = printable(name, { maxLength: 100 })
  return new TypeError(
    `Expected the \`name\` option to consist of 1 to 64 letters, digits, dots, hyphens and underscores, got \`${shown}\``,
  )
}

function anySignal(signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined))
}
