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
  addCommand(program, 'emulate', 'Run a local AHI emulator until interrupted.', examples)
    .option('--data <dir>', 'folder for the data (default: a temporary one)', (value) => parseFolder(value, '--data'))
    .option('--import <path...>', 'DICOM files or folders to import')
    .option('--port <n>', 'port to listen on (default: a free one)', wholeNumber('--port', { from: 0, to: 65_535 }))
    .option('--host <address>', 'address to listen on (default: 127.0.0.1, this machine only)')
    .option('--s3-endpoint <url>', 'S3 server for import jobs from s3:// (default: only file://)')
    .option('--access-key <id:secret...>', 'access keys that are accepted (default: any)')
    .option('--bearer-token <token...>', 'bearer tokens that DICOMweb accepts')
    .option('--quotas', "answer 429 above AHI's documented request rates")
    .option('--faults <file>', "inject faults by the JSON rules in this file (see ahi-emulator's README)")
    .action(async (options: EmulateOptions, command: Command) => {
      await run('emulate', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { emulate } = await import('../commands/emulate.ts')
        return await emulate(options, context)
      })
    })
}
