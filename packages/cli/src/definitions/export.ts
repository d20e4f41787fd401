import { Option, type Command } from 'commander'
import type { CommandRunner } from '../command-context.ts'
import type { ExportOptions } from '../commands/export.ts'
import { checkDestinationOptions } from '../destinations/destination-kinds.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { addCommand } from './add-command.ts'
import { addDestinationOption } from './destination-option.ts'
import { addFileOptions } from './file-options.ts'
import { cacheOption } from './plan-options.ts'
import { addedOptions, isGiven } from './given-options.ts'
import { addSelectionOptions } from './selection-options.ts'
import { addWorkOptions } from './work-options.ts'

const examples = `The destination also gets a record of the export: manifest.ndjson (one line per file), errors.ndjson (failures),
warnings.ndjson (warnings about written instances), summary.json, flushed.json (how much of the manifest survives a power
cut) and export.json (selection and options). --resume reads the selection and file options from export.json if none are
given, and refuses different ones. In --layout, a keyword in braces is replaced by the value of that attribute.

Examples:
  ahi-dicom export 1.2.840.113619.2.30.1 --out ./study                    export a study
  ahi-dicom export STUDY_UID/SERIES_UID --out ./series --format dcm,png   export a series, with pictures
  ahi-dicom export STUDY_UID --out ./first --format png --frame 1         write a picture of each instance
  ahi-dicom export STUDY_UID --out ./volumes --format nii.gz              write a volume of each series
  ahi-dicom export --all --out ./everything --transfer-syntax stored      export all, with frames as AHI stores them
  ahi-dicom export --out ./everything --resume                            export what is missing
  ahi-dicom search --json | jq -r .imageSetId | ahi-dicom export - --out ./found`

/** Adds the command `export`. */
export function addExport(program: Command, run: CommandRunner): void {
  const command = addCommand(
    program,
    'export',
    'Export image sets, studies, series or instances to DICOM files, pictures and volumes.',
    examples,
  )
  const selecting = addedOptions(command, addSelectionOptions)
  addDestinationOption(command, 'folder, bucket, archive or server')
  const shaping = addedOptions(command, addFileOptions)
  addWorkOptions(command)
  command
    .addOption(new Option('--resume', 'continue an export that was interrupted or had failures').conflicts('overwrite'))
    .option('--overwrite', 'replace an earlier export; its other files are removed')
    .option('--dry-run', 'print what would be exported, like plan; write nothing')
    .addOption(cacheOption())
    .action(async (selectors: string[], options: ExportOptions, command: Command) => {
      await run('export', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        if (options.out !== undefined) checkDestinationOptions(command, options.out)
        const { runExport } = await import('../commands/export.ts')
        const given = { selection: isGiven(command, selecting), files: isGiven(command, shaping) }
        return await runExport(selectors, { ...options, given }, context)
      })
    })
}
