import type { Run } from '@ahi-dicom/fleet'
import type { CommandContext } from '../../command-context.ts'
import type { OpenOutput } from '../../destinations/destination-kind.ts'
import type { ExitCode } from '../../exit-codes.ts'
import { openFleet } from '../../fleet/open-fleet.ts'
import { openRun, type PlaceOptions, type ReadSettings } from '../../fleet/open-run.ts'
import { limitGarbage } from '../../limit-garbage.ts'
import type { RedisOptions } from '../../options/redis-options.ts'
import { formatCount } from '../../quantities.ts'
import { endJob } from '../run-job.ts'

/** Options of `fleet report`. */
export interface ReportOptions extends RedisOptions, PlaceOptions {
  /** Bytes. */
  readonly maxMemory?: number
}

/** Merges the records of a run's workers, and prints the same summary as `export`. */
export async function report(
  runId: string,
  options: ReportOptions,
  readSettings: ReadSettings,
  context: CommandContext,
): Promise<ExitCode> {
  limitGarbage()
  await using fleet = await openFleet(options, context)
  let output: OpenOutput | undefined
  const { run, summary, isOver, conflicts, requeuedJobs } = await fleet.report(runId, {
    async openRun(run) {
      const opened = await openRun(run, { place: options, readSettings, context })
      output = opened.output
      return opened.exported
    },
    signal: context.signal,
    maxMemory: options.maxMemory,
  })
  if (output === undefined) throw new TypeError('Expected the report to open the destination')
  for (const { sopInstanceUid } of conflicts) {
    context.log.warn(`two workers recorded different files of instance ${sopInstanceUid}, and neither file exists`)
  }
  if (requeuedJobs > 0)
    context.log.warn(`${formatCount(requeuedJobs, 'job')} queued again, because their files are missing`)
  const { running } = summary.fleet.writers
  if (running.length > 0) context.log.info(`workers are still writing: ${running.join(', ')}`)
  return await endJob(summary, output, context, nextStep(run, isOver))
}

function nextStep({ id, state }: Run, isOver: boolean): string {
  if (isOver) return `run ahi-dicom fleet retry ${id}, and report again`
  if (state === 'cancelled') return 'the run was cancelled: submit it again to continue'
  return 'report again once all jobs are done'
}
