import type { Command } from 'commander'
import type { CommandRunner } from '../command-context.ts'
import type { SearchOptions } from '../commands/search.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { parseUid } from '../options/identifiers.ts'
import { parseDateRange, parseTime } from '../options/option-values.ts'
import { addCommand } from './add-command.ts'

const examples = `AHI combines one of the identifying filters with one range of dates.

Examples:
  ahi-dicom search
  ahi-dicom search --study 1.2.840.113619.2.30.1
  ahi-dicom search --accession A123 --show-patient
  ahi-dicom search --updated-since 2024-05-01 --json`

/** Adds the command `search`. */
export function addSearch(program: Command, run: CommandRunner): void {
  addCommand(program, 'search', 'List the image sets of a data store, all of them or those that match.', examples)
    .option('--patient-id <id>', 'PatientID, exactly')
    .option('--study <uid>', 'StudyInstanceUID', (value) => parseUid(value, 'StudyInstanceUID'))
    .option('--series <uid>', 'SeriesInstanceUID', (value) => parseUid(value, 'SeriesInstanceUID'))
    .option('--accession <number>', 'AccessionNumber, exactly')
    .option('--study-date <from-to>', 'StudyDate, such as 20240101-20241231 or 20240101-', parseDateRange)
    .option('--updated-since <time>', 'changed since then, such as 2024-05-01', parseTime)
    .option('--include-non-primary', 'also image sets that are not the primary one of their series')
    .option('--show-patient', 'also the patient, accession number, study ID and description')
    .action(async (options: SearchOptions, command: Command) => {
      await run('search', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { search } = await import('../commands/search.ts')
        return await search(options, context)
      })
    })
}
