import type { CommandContext } from '../../command-context.ts'
import { exitCodes, type ExitCode } from '../../exit-codes.ts'
import { openFleet } from '../../fleet/open-fleet.ts'
import { printJsonLine } from '../../json-line.ts'
import type { RedisOptions } from '../../options/redis-options.ts'
import { formatCount } from '../../quantities.ts'

/** What can be done with a run. */
export type RunChange = 'pause' | 'resume' | 'cancel' | 'retry' | 'forget'

/** What is said of a run; `jobs` is how many were removed, or are repeated. */
const sentences: Readonly<Record<RunChange, (jobs: string) => string>> = {
  pause: () => 'is paused; jobs in flight are finished',
  resume: () => 'goes on',
  cancel: (jobs) => `is cancelled, ${jobs} removed; workers give back those in flight`,
  retry: (jobs) => `repeats ${jobs}`,
  forget: () => 'is forgotten; what it has exported stays',
}

/** Changes a run, and says so. */
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
