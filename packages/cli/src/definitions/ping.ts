import type { Command } from 'commander'
import type { CommandRunner } from '../command-context.ts'
import type { DestinationOptions } from '../destinations/destination-options.ts'
import {
  addDestinationOptions,
  checkDestinationOptions,
  parseDestination,
  type NamedDestination,
} from '../destinations/destination-kinds.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { addCommand } from './add-command.ts'

const examples = `Checks credentials, permissions and limits, as export does before it starts. Leaves nothing at the destination.

Example:
  ahi-dicom ping ./study`

/** Adds the command `ping`. */
export function addPing(program: Command, run: CommandRunner): void {
  const command = addCommand(
    program,
    'ping',
    'Check that an export can be written to a destination.',
    examples,
  ).argument('<destination>', 'folder, bucket, archive or server; see ahi-dicom help destinations', parseDestination)
  addDestinationOptions(command).action(
    async (named: NamedDestination, options: DestinationOptions, command: Command) => {
      await run('ping', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        checkDestinationOptions(command, named)
        const { ping } = await import('../commands/ping.ts')
        return await ping(named, options, context)
      })
    },
  )
}
