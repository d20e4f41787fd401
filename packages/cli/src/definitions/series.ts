import type { Command } from 'commander'
import type { CommandRunner } from '../command-context.ts'
import type { SeriesOptions } from '../commands/series.ts'
import { documentOption } from '../options/document-options.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { addCommand } from './add-command.ts'
import { addSelectionOptions } from './selection-options.ts'

const examples = `Reads the metadata document of each image set. Without selectors and filters, the whole data store is listed.

Examples:
  ahi-dicom series 1.2.840.113619.2.30.1
  ahi-dicom series --modality CT --where 'SliceThickness<=1.5'
  ahi-dicom series --patient-id 4711 --ids | ahi-dicom export - --out ./series`

/** Adds the command `series`. */
export function addSeries(program: Command, run: CommandRunner): void {
  const command = addCommand(program, 'series', 'List series and their image sets.', examples)
  command.option('--study <uid>', 'StudyInstanceUID, like a study as selector')
  addSelectionOptions(command)
  command
    .option('--ids', 'print only STUDY_UID/SERIES_UID, each once, one per line')
    .addOption(documentOption())
    .action(async (selectors: string[], options: SeriesOptions, command: Command) => {
      await run('series', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { listSeries } = await import('../commands/series.ts')
        return await listSeries(selectors, options, context)
      })
    })
}
