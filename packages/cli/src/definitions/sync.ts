import type { Command } from 'commander'
import type { CommandRunner } from '../command-context.ts'
import type { SyncOptions } from '../commands/sync.ts'
import { checkDestinationOptions } from '../destinations/destination-kinds.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { addCommand } from './add-command.ts'
import { addDestinationOption } from './destination-option.ts'
import { addFileOptions } from './file-options.ts'
import { addedOptions, isGiven } from './given-options.ts'
import { addSelectionOptions } from './selection-options.ts'
import { addWorkOptions } from './work-options.ts'

const examples = `A sync exports image sets that are new or have a newer version. Image sets that are there as a whole cost no request
but the search. A changed image set is replaced as a whole or not at all. Without selectors and options of files, export.json
of the folder says what the export is.

Examples:
  ahi-dicom sync --all --out ./everything            the first time, or to select more than before
  ahi-dicom sync --out ./everything                  again, with the selection and the files of the export
  ahi-dicom sync --out ./everything --dry-run        what would be done
  ahi-dicom sync --out ./everything --delete         also remove what is gone from AHI`

/** Adds the command `sync`. */
export function addSync(program: Command, run: CommandRunner): void {
  const command = addCommand(program, 'sync', 'Bring an export up to date with the data store.', examples)
  const selecting = addedOptions(command, addSelectionOptions)
  addDestinationOption(command, 'the folder or bucket of the export')
  const shaping = addedOptions(command, addFileOptions)
  addWorkOptions(command)
  command
    .option('--delete', 'remove files of image sets that are gone from AHI (default: name them)')
    .option('--dry-run', 'say what would be done, write nothing')
    .action(async (selectors: string[], options: SyncOptions, command: Command) => {
      await run('sync', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        if (options.out !== undefined) checkDestinationOptions(command, options.out)
        const { runSync } = await import('../commands/sync.ts')
        const given = { selection: isGiven(command, selecting), files: isGiven(command, shaping) }
        return await runSync(selectors, { ...options, given }, context)
      })
    })
}
