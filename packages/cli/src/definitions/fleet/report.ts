import type { Command } from 'commander'
import type { CommandRunner } from '../../command-context.ts'
import type { ReportOptions } from '../../commands/fleet/report.ts'
import type { GlobalOptions } from '../../options/global-options.ts'
import { addCommand } from '../add-command.ts'
import { memoryOption } from '../work-options.ts'
import { addPlaceOptions } from './place-options.ts'
import { readSettings } from './setting-options.ts'

const examples = `Merges the records of all workers at the destination into manifest.ndjson, errors.ndjson, warnings.ndjson and summary.json.
Then verify, sync and export --resume work as for any export. The exit code is the same as for export. Workers that are still
writing are left out and named: report again when they have finished.

Example:
  ahi-dicom fleet report 0123456789abcdef`

/** Adds the command `fleet report`. */
export function addReport(fleet: Command, run: CommandRunner): void {
  const description = 'Write the record and summary of a run to its destination.'
  const command = addCommand(fleet, 'report', description, examples).argument('<run>', 'id of the run')
  addPlaceOptions(command)
  command.addOption(memoryOption('the records', '128M')).action(async (runId: string, _: unknown, command: Command) => {
    await run('fleet report', command.optsWithGlobals<GlobalOptions>(), async (context) => {
      const { report } = await import('../../commands/fleet/report.ts')
      return await report(runId, command.optsWithGlobals<ReportOptions>(), readSettings, context)
    })
  })
}
