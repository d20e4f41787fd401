import { Option, type Command } from 'commander'
import type { CommandRunner } from '../command-context.ts'
import type { TableOptions } from '../commands/table.ts'
import { documentOption } from '../options/document-options.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { repeated } from '../options/option-values.ts'
import { addCommand } from './add-command.ts'
import { cacheOption } from './plan-options.ts'
import { addSelectionOptions } from './selection-options.ts'
import { memoryOption } from './work-options.ts'

const notes = `A column is an attribute: by keyword (PatientID), tag (00100020), path through sequences
(RequestAttributesSequence.ScheduledProcedureStepID) or private creator ('(0019,xx0A,SIEMENS MR HEADER)'). Or it is one that AHI
knows: datastoreId, imageSetId, versionId, isPrimary, storageTier, frameCount. Rows of series and studies also have
NumberOfSeriesRelatedInstances, NumberOfStudyRelatedInstances, NumberOfStudyRelatedSeries, ModalitiesInStudy, SOPClassesInStudy
and differingColumns: an attribute has the value of the first instance, and that names those that are not the same for all.
The default columns describe no patient. Reading metadata is an access: image sets in the archive tier move to the frequent
access tier. docs/tables.md has the rest.

Examples:
  ahi-dicom table 1.2.840.113619.2.30.1 --level series                        a table on the terminal
  ahi-dicom table --all --columns PatientID,StudyDate,Modality --out all.csv  every instance
  ahi-dicom table --all --level study --out studies.parquet                   every study
  ahi-dicom table --modality CT --out - --format ndjson | jq .imageSetId      for another program`

/** Adds the command `table`. */
export function addTable(program: Command, run: CommandRunner): void {
  const description = 'Write attributes of instances, series or studies as a table.'
  const command = addCommand(program, 'table', description, notes)
  addSelectionOptions(command)
  command
    .option('--columns <list>', 'attributes and other columns, with commas between them; repeatable', repeated)
    .addOption(
      new Option('--level <level>', 'what a row is about (default: instance)').choices(['instance', 'series', 'study']),
    )
    .option('--out <file>', 'a file that ends with .csv, .ndjson or .parquet; - for standard output')
    .addOption(
      new Option('--format <format>', "format of --out (default: by the file's ending; csv for -)").choices([
        'csv',
        'ndjson',
        'parquet',
      ]),
    )
    .option('--for-spreadsheets', 'CSV without formulas and with a byte order mark, for Excel and the like')
    .addOption(memoryOption('documents, series and studies'))
    .addOption(documentOption())
    .addOption(cacheOption())
    .action(async (selectors: string[], options: TableOptions, command: Command) => {
      await run('table', command.optsWithGlobals<GlobalOptions>(), async (context) => {
        const { writeTable } = await import('../commands/table.ts')
        return await writeTable(selectors, options, context)
      })
    })
}
