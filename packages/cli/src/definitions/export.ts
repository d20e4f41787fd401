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

const examples = `Beside the data, --out gets manifest.ndjson (a line for each file), errors.ndjson (a line for each failure),
warnings.ndjson (what to know of written instances), summary.json and flushed.json (how much of the manifest survives a
power cut), and export.json (what the export is). --resume without selectors and options of files takes them from there;
with other ones than recorded it is refused. A keyword in braces in --layout stands for the value of that attribute.

Examples:
  ahi-dicom export 1.2.840.113619.2.30.1 --out ./study                    a study
  ahi-dicom export STUDY_UID/SERIES_UID --out ./series --format dcm,png   a series, with pictures
  ahi-dicom export STUDY_UID --out ./first --format png --frame 1         a picture of each instance
  ahi-dicom export STUDY_UID --out ./volumes --format nii.gz              a volume of each series
  ahi-dicom export --all --out ./everything --transfer-syntax stored      all, as AHI stores it
  ahi-dicom export --out ./everything --resume                            what is still missing
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
  addDestinationOption(command, 'a folder, bucket, archive or server')
  const shaping = addedOptions(command, addFileOptions)
  addWorkOptions(command)
  command
    .addOption(
      new Option('--resume', 'go on with an export that was interrupted or had failures').conflicts('overwrite'),
    )
    .option('--overwrite', 'write an export again, replacing its files and removing others')
    .option('--dry-run', 'say what would be exported, as the command plan does; write nothing')
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
