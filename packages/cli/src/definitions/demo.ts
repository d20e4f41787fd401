import type { Command } from 'commander'
import type { CommandRunner } from '../command-context.ts'
import type { DemoOptions } from '../commands/demo.ts'
import { parseFolder } from '../options/folder-path.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { addCommand } from './add-command.ts'

const examples = `Example:
  ahi-dicom demo --out ./demo`

/** Adds the command `demo`. */
export function addDemo(program: Command, run: CommandRunner): void {
  addCommand(
    program,
    'demo',
    'Try everything without AWS: emulate AHI, import a generated study, search, export, verify.',
    examples,
  )
    .option('--out <dir>', 'folder to export to (default: a temporary one)', (value) => parseFolder(value, '--out'))
    .action(async (options: DemoOptions, command: Command) => {
      await run('demo', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { demo } = await import('../commands/demo.ts')
        return await demo(options, context)
      })
    })
}
