import type { Command } from 'commander'
import type { CommandRunner } from '../../command-context.ts'
import type { WorkOptions } from '../../commands/fleet/work.ts'
import { parseDestination } from '../../destinations/destination-kinds.ts'
import { UsageError } from '../../errors.ts'
import type { GlobalOptions } from '../../options/global-options.ts'
import { wholeNumber } from '../../options/option-values.ts'
import { addCommand } from '../add-command.ts'
import { cacheOption } from '../plan-options.ts'
import { addWorkOptions } from '../work-options.ts'
import { addPlaceOptions } from './place-options.ts'
import { readSettings } from './setting-options.ts'

const examples = `After the first SIGTERM or SIGINT, the worker takes no more jobs, finishes its jobs for up to --grace seconds and returns the
rest to the queue. The exit code is 0, or 130 with --until-empty. The second signal stops it at once. With --metrics-port,
/metrics serves metrics for Prometheus, and /healthz answers 200 while the worker takes jobs. The worker does any run in
Redis, unless --accept or --datastore-id excludes it.

Examples:
  ahi-dicom fleet work                                           work until it is stopped
  ahi-dicom fleet work --until-empty --run 0123456789abcdef      do one run, then end: for batch systems
  ahi-dicom fleet work --accept s3://bucket --metrics-port 9464  write only to one bucket`

/** Adds the command `fleet work`. */
export function addWork(fleet: Command, run: CommandRunner): void {
  const command = addCommand(fleet, 'work', 'Do jobs of the fleet until stopped.', examples)
    .option('--run <run>', 'only the jobs of this run (default: all runs)')
    .option('--until-empty', 'end when no jobs are left')
    .option(
      '--grace <seconds>',
      'time to finish jobs after the first signal (default: 30)',
      wholeNumber('--grace', { from: 0, to: 86_400 }),
    )
    .option(
      '--jobs <n>',
      'maximum jobs in parallel (default: as many as fit in memory)',
      wholeNumber('--jobs', { from: 1, to: 1000 }),
    )
    .option('--name <name>', "prefix of the worker's name (default: host name)")
    .option('--accept <prefix>', 'destination that runs may write below; repeatable (default: all)', parseAccepted)
    .option(
      '--metrics-port <port>',
      'port to serve /metrics and /healthz on',
      wholeNumber('--metrics-port', { from: 0, to: 65_535 }),
    )
    .option('--metrics-host <address>', 'address to serve them on (default: all addresses)')
  addPlaceOptions(command)
  addWorkOptions(command)
  command.addOption(cacheOption()).action(async (_: unknown, command: Command) => {
    await run('fleet work', command.optsWithGlobals<GlobalOptions>(), async (context) => {
      const { work } = await import('../../commands/fleet/work.ts')
      return await work(command.optsWithGlobals<WorkOptions>(), readSettings, context)
    })
  })
}

/** Adds a destination to the earlier values of `--accept`, in the form that runs have. */
function parseAccepted(value: string, before: readonly string[] | undefined): readonly string[] {
  const { shared, kind } = parseDestination(value)
  if (shared !== undefined) return [...(before ?? []), shared]
  throw new UsageError(`Cannot use '${value}' as --accept: it is ${kind.name}; give a folder or s3://BUCKET/PREFIX`)
}
