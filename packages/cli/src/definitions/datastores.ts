import type { Command } from 'commander'
import type { CommandRunner } from '../command-context.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { addCommand } from './add-command.ts'

const examples = `Examples:
  ahi-dicom datastores
  ahi-dicom datastores --json --profile radiology --region us-west-2`

/** Adds the command `datastores`. */
export function addDatastores(program: Command, run: CommandRunner): void {
  addCommand(program, 'datastores', 'List the data stores.', examples).action(async (_: unknown, command: Command) => {
    await run('datastores', command.optsWithGlobals<GlobalOptions>(), async (context) => {
      const { listDatastores } = await import('../commands/datastores.ts')
      return await listDatastores(context)
    })
  })
}
