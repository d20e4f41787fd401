import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Fleet, WorkSummary } from '@ahi-dicom/fleet'
import type { CommandContext } from '../../command-context.ts'
import { UsageError } from '../../errors.ts'
import { exitCodes, type ExitCode } from '../../exit-codes.ts'
import { openFleet, tellRedisWarnings } from '../../fleet/open-fleet.ts'
import { openRun, type PlaceOptions, type ReadSettings } from '../../fleet/open-run.ts'
import { createWorkLog, type WorkLog } from '../../fleet/work-log.ts'
import { printJsonLine } from '../../json-line.ts'
import type { CacheOption } from '../../options/plan-options.ts'
import type { RedisOptions } from '../../options/redis-options.ts'
import type { WorkOptions as MachineOptions } from '../../options/work-options.ts'
import { formatBytes, formatCount } from '../../quantities.ts'
import { withExporter } from '../run-job.ts'

/** Options of `fleet work`. */
export interface WorkOptions extends MachineOptions, CacheOption, RedisOptions, PlaceOptions {
  /** Id of a run. */
  readonly run?: string
  readonly untilEmpty?: true
  /** Seconds. */
  readonly grace?: number
  /** Jobs at a time. */
  readonly jobs?: number
  readonly name?: string
  readonly metricsPort?: number
  readonly metricsHost?: string
}

const usualGrace = 30

/** Takes jobs until an interrupt or, with `untilEmpty`, until none is left. Prints a summary at the end. */
export async function work(
  options: WorkOptions,
  readSettings: ReadSettings,
  context: CommandContext,
): Promise<ExitCode> {
  const { log, signal } = context
  const { grace = usualGrace } = options
  const name = workerName(options.name)
  await using fleet = await openFleet(options, context)
  await tellRedisWarnings(fleet, context)
  const workLog = createWorkLog(log)
  await using _ = await openMetrics(fleet, { options, context, workLog })
  log.info(`worker ${name} started`, { event: 'worker-started', worker: name })
  signal.addEventListener('abort', () => {
    log.info(`finishing jobs, for ${grace} s at most; interrupt again to stop at once`)
  })
  const summary = await withExporter(options, context, (exporter, client) =>
    fleet.work({
      exporter,
      client,
      openRun: async (run, { writer }) =>
        (await openRun(run, { place: options, readSettings, writer, context })).exported,
      runId: options.run,
      name,
      concurrency: options.jobs,
      untilEmpty: options.untilEmpty,
      stop: signal,
      graceMs: grace * 1000,
      onEvent: workLog.tell,
    }),
  )
  await tellSummary(summary, context)
  return exitCodeOf(summary, options, context)
}

/** Returns the name with random characters at the end. Processes need different names, but machines may share a host name. */
function workerName(
  given: string = hostname()
    .replaceAll(/[^\w.-]/g, '-')
    .slice(0, mostCharacters),
): string {
  if (/^[A-Za-z0-9][\w.-]*$/.test(given) && given.length <= mostCharacters) {
    return `${given}-${randomBytes(4).toString('hex')}`
  }
  throw new UsageError(
    `Cannot use '${given}' as --name: give up to ${mostCharacters} letters (A to Z), digits, dots, hyphens and underscores`,
  )
}

/** Longest `--name`. With the random characters, the name of a record in a bucket has at most 64 characters. */
const mostCharacters = 50

interface Watched {
  readonly options: WorkOptions
  readonly context: CommandContext
  readonly workLog: WorkLog
}

async function openMetrics(
  fleet: Fleet,
  { options: { metricsPort: port, metricsHost: host }, context: { log, signal }, workLog }: Watched,
): Promise<AsyncDisposable | undefined> {
  if (port === undefined) return undefined
  const { serveMetrics } = await import('../../fleet/metrics-server.ts')
  const server = await serveMetrics({
    port,
    host,
    queueMetrics: () => fleet.metrics(),
    async problem() {
      if (signal.aborted) return 'the worker is stopping'
      const problem = workLog.problem()
      if (problem === undefined) await fleet.workers()
      return problem
    },
  })
  log.info(`metrics at port ${server.port}: /metrics and /healthz`, { event: 'metrics', port: server.port })
  if (!server.hasCounters)
    log.warn('/metrics has no counters of the export: the loaded OpenTelemetry SDK receives them')
  return server
}

async function tellSummary(summary: WorkSummary, { terminal, global, log }: CommandContext): Promise<void> {
  const { jobs, instances, frames, bytes, failed, fatal } = summary
  if (global.json === true) await printJsonLine(terminal, { kind: 'work', ...summary })
  else if (global.quiet !== true) {
    const facts = [
      `${formatCount(jobs, 'job')} done`,
      ...(failed > 0 ? [`${formatCount(failed, 'job')} failed`] : []),
      `${formatCount(instances, 'instance')}, ${formatCount(frames, 'frame')}, ${formatBytes(bytes)}`,
    ]
    await terminal.print(`${facts.join(', ')}\n`)
  }
  if (failed > 0)
    log.info('ahi-dicom fleet status counts the failures by cause, and ahi-dicom fleet report names the failed items')
  if (fatal !== undefined) log.error(fatal.message, { event: 'failed', code: fatal.code, exitCode: exitCodes.fatal })
}

/** Returns the exit code. An interrupt is the normal end of a worker without `--until-empty`. */
function exitCodeOf(
  { failed, refused, lost, abandoned, fatal }: WorkSummary,
  { untilEmpty }: WorkOptions,
  { signal }: CommandContext,
): ExitCode {
  if (fatal !== undefined) return exitCodes.fatal
  // The destination refuses writes: repeating does not help until its cause is fixed.
  const isClosed = refused.some(({ subject }) => subject === 'destination')
  if (isClosed && !signal.aborted) return exitCodes.fatal
  if (signal.aborted) return untilEmpty === true ? exitCodes.interrupted : exitCodes.ok
  if (refused.length > 0 || lost.length > 0 || abandoned.length > 0 || failed > 0) return exitCodes.someFailed
  return exitCodes.ok
}
