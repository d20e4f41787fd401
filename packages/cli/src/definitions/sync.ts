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

const examples = `A sync exports image sets that are new or have a new version. Unchanged image sets cost no request except the search. A
changed image set is replaced completely or not at all. Without selectors and file options, both are read from export.json.

Examples:
  ahi-dicom sync --all --out ./everything            first sync, or a sync with a larger selection
  ahi-dicom sync --out ./everything                  update with the recorded selection and options
  ahi-dicom sync --out ./everything --dry-run        print what would change
  ahi-dicom sync --out ./everything --delete         also remove image sets that are gone from AHI`

/** Adds the command `sync`. */
export function addSync(program: Command, run: CommandRunner): void {
  const command = addCommand(program, 'sync', 'Update an export to the current state of the data store.', examples)
  const selecting = addedOptions(command, addSelectionOptions)
  addDestinationOption(command, 'folder or bucket of the export')
  const shaping = addedOptions(command, addFileOptions)
  addWorkOptions(command)
  command
    .option('--delete', 'remove files of image sets that are gone from AHI (default: list them)')
    .option('--dry-run', 'print what would be done, write nothing')
    .action(async (selectors: string[], options: SyncOptions, command: Command) => {
      await run('sync', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        if (options.out !== undefined) checkDestinationOptions(command, options.out)
        const { runSync } = await import('../commands/sync.ts')
        const given = { selection: isGiven(command, selecting), files: isGiven(command, shaping) }
        return await runSync(selectors, { ...options, given }, context)
      })
    })
}
