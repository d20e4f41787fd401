import type { Command } from 'commander'
import type { CommandRunner } from '../../command-context.ts'
import type { StatusOptions } from '../../commands/fleet/status.ts'
import type { GlobalOptions } from '../../options/global-options.ts'
import { addCommand } from '../add-command.ts'

const examples = `Without RUN, lists all runs and workers. With --watch, repeats until the runs have ended: in place on a terminal, line by line
elsewhere.

Examples:
  ahi-dicom fleet status
  ahi-dicom fleet status 0123456789abcdef --watch
  ahi-dicom fleet status --json | jq 'select(.kind == "run") | .imageSets.waiting'`

/** Adds the command `fleet status`. */
export function addStatus(fleet: Command, run: CommandRunner): void {
  addCommand(fleet, 'status', 'Show runs and workers.', examples)
    .argument('[run]', 'id of a run')
    .option('--watch', 'repeat until the runs have ended')
    .action(async (runId: string | undefined, _: unknown, command: Command) => {
      await run('fleet status', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { status } = await import('../../commands/fleet/status.ts')
        return await status(runId, command.optsWithGlobals<StatusOptions>(), context)
      })
    })
}
