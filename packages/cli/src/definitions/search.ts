import type { Command } from 'commander'
import type { CommandRunner } from '../command-context.ts'
import type { SearchOptions } from '../commands/search.ts'
import { documentOption } from '../options/document-options.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { addCommand } from './add-command.ts'
import { addSelectionOptions } from './selection-options.ts'

const examples = `Without selectors and filters, the whole data store is listed. Image sets must match all filters. Most filters need only AHI's
search. Filters by attributes that the search does not return read the metadata documents, which is slower.

Examples:
  ahi-dicom search
  ahi-dicom search 1.2.840.113619.2.30.1
  ahi-dicom search --accession A123 --show-patient
  ahi-dicom search --updated-since 2024-05-01 --modality CT,MR --json
  ahi-dicom search --where 'SliceThickness<=1.5' --exclude 'ImageType=LOCALIZER' --ids`

/** Adds the command `search`. */
export function addSearch(program: Command, run: CommandRunner): void {
  const command = addCommand(program, 'search', 'List image sets of a data store.', examples)
  command.option('--study <uid>', 'StudyInstanceUID to match').option('--series <uid>', 'SeriesInstanceUID to match')
  addSelectionOptions(command)
  command
    .option('--ids', 'print only image set ids, one per line')
    .option('--show-patient', 'also print patient, accession number, study ID and description')
    .addOption(documentOption())
    .action(async (selectors: string[], options: SearchOptions, command: Command) => {
      await run('search', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { search } = await import('../commands/search.ts')
        return await search(selectors, options, context)
      })
    })
}
