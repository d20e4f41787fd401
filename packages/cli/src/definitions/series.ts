import type { Command } from 'commander'
import type { CommandRunner } from '../command-context.ts'
import type { SeriesOptions } from '../commands/series.ts'
import { documentOption } from '../options/document-options.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { parseUid } from '../options/identifiers.ts'
import { addCommand } from './add-command.ts'

const examples = `Example:
  ahi-dicom series --study 1.2.840.113619.2.30.1`

/** Adds the command `series`. */
export function addSeries(program: Command, run: CommandRunner): void {
  addCommand(program, 'series', 'List the series of a study with their image sets.', examples)
    .requiredOption('--study <uid>', 'StudyInstanceUID', (value) => parseUid(value, 'StudyInstanceUID'))
    .option('--include-non-primary', 'also image sets that are not the primary one of their series')
    .addOption(documentOption())
    .action(async (options: SeriesOptions, command: Command) => {
      await run('series', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { listSeries } = await import('../commands/series.ts')
        return await listSeries(options, context)
      })
    })
}
