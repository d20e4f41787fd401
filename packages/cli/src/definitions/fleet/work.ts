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

const examples = `The first SIGTERM or SIGINT takes no more jobs, finishes those in flight for --grace seconds and gives the rest back; the
second ends at once. Stopped so, the exit code is 0, and with --until-empty 130. GET /metrics at --metrics-port has figures for
Prometheus; GET /healthz answers 200 while the worker takes jobs. Any run that Redis has is done: --accept and --datastore-id
say which ones may be.

Examples:
  ahi-dicom fleet work                                           until it is stopped
  ahi-dicom fleet work --until-empty --run 0123456789abcdef      one run, to its end: for batch systems
  ahi-dicom fleet work --accept s3://bucket --metrics-port 9464  writes to one bucket alone`

/** Adds the command `fleet work`. */
export function addWork(fleet: Command, run: CommandRunner): void {
  const command = addCommand(fleet, 'work', 'Export the image sets of jobs until stopped.', examples)
    .option('--run <run>', 'only the jobs of this run (default: all runs)')
    .option('--until-empty', 'end when nothing is left to do')
    .option(
      '--grace <seconds>',
      'how long to finish jobs after the first signal (default: 30)',
      wholeNumber('--grace', { from: 0, to: 86_400 }),
    )
    .option(
      '--jobs <n>',
      'most jobs at a time (default: as many as memory allows)',
      wholeNumber('--jobs', { from: 1, to: 1000 }),
    )
    .option('--name <name>', "beginning of the worker's name (default: the machine's name)")
    .option('--accept <prefix>', 'only runs to destinations below this one; repeatable (default: all)', parseAccepted)
    .option(
      '--metrics-port <port>',
      'serve /metrics and /healthz at this port',
      wholeNumber('--metrics-port', { from: 0, to: 65_535 }),
    )
    .option('--metrics-host <address>', 'the address to serve them at (default: all of this machine)')
  addPlaceOptions(command)
  addWorkOptions(command)
  command.addOption(cacheOption()).action(async (_: unknown, command: Command) => {
    await run('fleet work', command.optsWithGlobals<GlobalOptions>(), async (context) => {
      const { work } = await import('../../commands/fleet/work.ts')
      return await work(command.optsWithGlobals<WorkOptions>(), readSettings, context)
    })
  })
}

/** Returns the names of destinations as runs have them. */
function parseAccepted(value: string, before: readonly string[] | undefined): readonly string[] {
  const { shared, kind } = parseDestination(value)
  if (shared !== undefined) return [...(before ?? []), shared]
  throw new UsageError(`Cannot use '${value}' as --accept: it is ${kind.name}; give a folder or s3://BUCKET/PREFIX`)
}
