import type { Command } from 'commander'
import type { CommandRunner } from '../command-context.ts'
import type { VerifyOptions } from '../commands/verify.ts'
import {
  addDestinationOptions,
  checkDestinationOptions,
  parseDestination,
  type NamedDestination,
} from '../destinations/destination-kinds.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { addCommand } from './add-command.ts'

const examples = `Example:
  ahi-dicom verify ./study`

/** Adds the command `verify`. */
export function addVerify(program: Command, run: CommandRunner): void {
  const description = 'Check that an export is complete and its files are unchanged.'
  const command = addCommand(program, 'verify', description, examples)
    .argument('<destination>', 'destination of the export; see ahi-dicom help destinations', parseDestination)
    .option('--fast', 'S3: compare the checksums that S3 keeps, without reading files')
    .option('--show-paths', 'print full paths, which may name a patient')
  addDestinationOptions(command).action(async (named: NamedDestination, options: VerifyOptions, command: Command) => {
    await run('verify', command.optsWithGlobals<GlobalOptions>(), async (context) => {
      const { verify } = await import('../commands/verify.ts')
      checkDestinationOptions(command, named)
      return await verify(named, options, context)
    })
  })
}
