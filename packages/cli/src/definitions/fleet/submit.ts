import type { Command } from 'commander'
import type { CommandRunner } from '../../command-context.ts'
import type { SubmitOptions } from '../../commands/fleet/submit.ts'
import { checkDestinationOptions } from '../../destinations/destination-kinds.ts'
import type { GlobalOptions } from '../../options/global-options.ts'
import { wholeNumber } from '../../options/option-values.ts'
import { addCommand } from '../add-command.ts'
import { addDestinationOption } from '../destination-option.ts'
import { addFileOptions } from '../file-options.ts'
import { cacheOption } from '../plan-options.ts'
import { addSelectionOptions } from '../selection-options.ts'
import { addWorkOptions } from '../work-options.ts'
import { checkRefused, hideRefused } from './setting-options.ts'

const examples = `Prints the id of the run. The same command line gives the same run: submit it again after a crash, or to select new image
sets, and only the missing jobs are added. Credentials, endpoints, profiles and threads are set on each machine, with fleet
work. A folder must have the same path on all machines.

Examples:
  ahi-dicom fleet submit --all --out s3://bucket/everything          export a whole data store
  ahi-dicom fleet submit --modality CT --out /mnt/shared/ct          export to a folder that all workers share
  RUN=$(ahi-dicom fleet submit --all --out s3://bucket/a --quiet)    use it in a script`

/** Adds the command `fleet submit`. */
export function addSubmit(fleet: Command, run: CommandRunner): void {
  const command = addCommand(fleet, 'submit', 'Put the jobs of an export into Redis.', examples)
  addSelectionOptions(command)
  addDestinationOption(command, 'bucket or shared folder')
  addFileOptions(command)
  command.option(
    '--instances-per-part <n>',
    'maximum instances per job; larger image sets are split (default: 2000)',
    wholeNumber('--instances-per-part', { from: 1, to: 1_000_000 }),
  )
  addWorkOptions(command)
  command.option('--resume').option('--overwrite').option('--dry-run').addOption(cacheOption())
  hideRefused(command)
  command.action(async (selectors: string[], _: unknown, command: Command) => {
    await run('fleet submit', command.optsWithGlobals<GlobalOptions>(), async (context) => {
      const options = command.optsWithGlobals<SubmitOptions>()
      if (options.out?.shared !== undefined) {
        checkDestinationOptions(command, options.out)
        checkRefused(command)
      }
      const { submit } = await import('../../commands/fleet/submit.ts')
      return await submit(selectors, options, context)
    })
  })
}
