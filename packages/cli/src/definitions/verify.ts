import type { Command } from 'commander'
import type { CommandRunner } from '../command-context.ts'
import type { VerifyOptions } from '../commands/verify.ts'
import { parseFolder } from '../options/folder-path.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { addCommand } from './add-command.ts'

const examples = `Example:
  ahi-dicom verify ./study`

/** Adds the command `verify`. */
export function addVerify(program: Command, run: CommandRunner): void {
  addCommand(program, 'verify', 'Check that an export is complete and as it was written.', examples)
    .argument('<dir>', 'the folder of the export', (value) => parseFolder(value, 'the folder'))
    .option('--show-paths', 'print paths in full, also parts that may name a patient')
    .action(async (directory: string, options: VerifyOptions, command: Command) => {
      await run('verify', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { verify } = await import('../commands/verify.ts')
        return await verify(directory, options, context)
      })
    })
}
