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

const notes = `A column is an attribute, by keyword (PatientID), tag (00100020), path through sequences
(RequestAttributesSequence.ScheduledProcedureStepID) or private creator ('(0019,xx0A,SIEMENS MR HEADER)'). Columns of AHI are
datastoreId, imageSetId, versionId, isPrimary, storageTier and frameCount. Rows of series and studies show the values of their
first instance. The column differingColumns names the attributes that are not the same for all instances. They also have
NumberOfSeriesRelatedInstances, NumberOfStudyRelatedInstances, NumberOfStudyRelatedSeries, ModalitiesInStudy and
SOPClassesInStudy. The default columns hold no patient data. AHI counts reading metadata as an access and moves image sets from
the archive tier to the frequent access tier. See docs/tables.md.

Examples:
  ahi-dicom table 1.2.840.113619.2.30.1 --level series                        print a table
  ahi-dicom table --all --columns PatientID,StudyDate,Modality --out all.csv  one row per instance
  ahi-dicom table --all --level study --out studies.parquet                   one row per study
  ahi-dicom table --modality CT --out - --format ndjson | jq .imageSetId      pipe rows to another program`

/** Adds the command `table`. */
export function addTable(program: Command, run: CommandRunner): void {
  const description = 'Write a table of attributes, with a row per instance, series or study.'
  const command = addCommand(program, 'table', description, notes)
  addSelectionOptions(command)
  command
    .option('--columns <list>', 'columns, separated by commas (repeatable)', repeated)
    .addOption(
      new Option('--level <level>', 'one row per instance, series or study (default: instance)').choices([
        'instance',
        'series',
        'study',
      ]),
    )
    .option('--out <file>', 'file named .csv, .ndjson or .parquet, or - for standard output')
    .addOption(
      new Option('--format <format>', "format of --out (default: by the file's ending; csv for -)").choices([
        'csv',
        'ndjson',
        'parquet',
      ]),
    )
    .option('--for-spreadsheets', 'CSV: escape formulas and add a byte order mark, for Excel')
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
