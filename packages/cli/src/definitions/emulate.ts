import type { Command } from 'commander'
import type { CommandRunner } from '../command-context.ts'
import type { EmulateOptions } from '../commands/emulate.ts'
import { parseFolder } from '../options/folder-path.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { wholeNumber } from '../options/option-values.ts'
import { addCommand } from './add-command.ts'

const examples = `Examples:
  ahi-dicom emulate --import ./dicom
  ahi-dicom emulate --data ./local-ahi --port 9000`

/** Adds the command `emulate`. */
export function addEmulate(program: Command, run: CommandRunner): void {
  addCommand(program, 'emulate', 'Run a local AHI until interrupted.', examples)
    .option('--data <dir>', 'the folder that keeps the data (default: a temporary one)', (value) =>
      parseFolder(value, '--data'),
    )
    .option('--import <path...>', 'DICOM files or folders to import')
    .option('--port <n>', 'the port (default: a free one)', wholeNumber('--port', { from: 0, to: 65_535 }))
    .option('--host <address>', 'the address to listen at (default: 127.0.0.1, this machine alone)')
    .option('--s3-endpoint <url>', 'the S3 server for s3:// folders of import jobs (default: file:// folders only)')
    .option('--access-key <id:secret...>', 'keys that requests have to be signed with (default: any)')
    .option('--bearer-token <token...>', 'tokens that DICOMweb takes')
    .option('--quotas', 'answer 429 beyond the rates that AHI documents')
    .option('--faults <file>', 'inject faults by the JSON rules in this file (see the README of ahi-emulator)')
    .action(async (options: EmulateOptions, command: Command) => {
      await run('emulate', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { emulate } = await import('../commands/emulate.ts')
        return await emulate(options, context)
      })
    })
}
