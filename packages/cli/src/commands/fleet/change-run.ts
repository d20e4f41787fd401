import type { CommandContext } from '../../command-context.ts'
import { exitCodes, type ExitCode } from '../../exit-codes.ts'
import { openFleet } from '../../fleet/open-fleet.ts'
import { printJsonLine } from '../../json-line.ts'
import type { RedisOptions } from '../../options/redis-options.ts'
import { formatCount } from '../../quantities.ts'

/** The changes of a run that `fleet` has commands for. */
export type RunChange = 'pause' | 'resume' | 'cancel' | 'retry' | 'forget'

/** The message after each change. `jobs` is the number of jobs that were removed or are repeated. */
const sentences: Readonly<Record<RunChange, (jobs: string) => string>> = {
  pause: () => 'is paused; jobs in progress are finished',
  resume: () => 'is resumed',
  cancel: (jobs) => `is cancelled, ${jobs} removed; workers stop the jobs in progress`,
  retry: (jobs) => `repeats ${jobs}`,
  forget: () => 'is forgotten; its exported files stay',
}

/** Changes a run, and prints what was done. */
export async function changeRun(
  change: RunChange,
  runId: string,
  options: RedisOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, global } = context
  await using fleet = await openFleet(options, context)
  const jobs = (await fleet[change](runId)) ?? undefined
  if (global.json === true) await printJsonLine(terminal, { kind: 'changed', runId, change, jobs })
  else if (global.quiet !== true) {
    await terminal.print(`run ${runId} ${sentences[change](formatCount(jobs ?? 0, 'job'))}\n`)
  }
  return exitCodes.ok
}
