import type { Command } from 'commander'
import type { CommandRunner } from '../command-context.ts'
import type { SearchOptions } from '../commands/search.ts'
import { documentOption } from '../options/document-options.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { addCommand } from './add-command.ts'
import { addSelectionOptions } from './selection-options.ts'

const examples = `Without selectors and filters, the whole data store is listed. With several filters, image sets have to match all of
them. AHI's search applies one filter by an identifier and one range of dates, and tells most of what else is filtered
by. Only other attributes need the metadata documents.

Examples:
  ahi-dicom search
  ahi-dicom search 1.2.840.113619.2.30.1
  ahi-dicom search --accession A123 --show-patient
  ahi-dicom search --updated-since 2024-05-01 --modality CT,MR --json
  ahi-dicom search --where 'SliceThickness<=1.5' --exclude 'ImageType=LOCALIZER' --ids`

/** Adds the command `search`. */
export function addSearch(program: Command, run: CommandRunner): void {
  const command = addCommand(program, 'search', 'List the image sets of a data store that match.', examples)
  command.option('--study <uid>', 'StudyInstanceUID, exactly').option('--series <uid>', 'SeriesInstanceUID, exactly')
  addSelectionOptions(command)
  command
    .option('--ids', 'image set ids alone, one a line')
    .option('--show-patient', 'also the patient, accession number, study ID and description')
    .addOption(documentOption())
    .action(async (selectors: string[], options: SearchOptions, command: Command) => {
      await run('search', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { search } = await import('../commands/search.ts')
        return await search(selectors, options, context)
      })
    })
}
