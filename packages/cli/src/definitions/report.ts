import type { Command } from 'commander'
import type { CommandRunner } from '../command-context.ts'
import type { ReportOptions } from '../commands/report.ts'
import {
  addDestinationOptions,
  checkDestinationOptions,
  parseDestination,
  type NamedDestination,
} from '../destinations/destination-kinds.ts'
import type { GlobalOptions } from '../options/global-options.ts'
import { addCommand } from './add-command.ts'

const notes = `The page lists studies, series, thumbnails, failures with their reasons, and checksums, and links to the files. It can be
searched and sorted without a server. For a folder it is written to index.html there, which verify ignores. For a bucket or
an archive, name a file with --out; the page then has no links. It shows the record; to check the files, use verify.

Examples:
  ahi-dicom report ./study                                  write ./study/index.html
  ahi-dicom report s3://bucket/study --out study.html       write a page about a bucket
  ahi-dicom report ./study --with-patient-data              include names, dates and descriptions`

/** Adds the command `report`. */
export function addReport(program: Command, run: CommandRunner): void {
  const description = 'Write an HTML page about an export: series, thumbnails, failures, checksums.'
  const command = addCommand(program, 'report', description, notes)
    .argument('<destination>', 'destination of the export; see ahi-dicom help destinations', parseDestination)
    .option('--out <file>', 'path of the page (default: index.html in the folder of the export)')
    .option('--with-patient-data', 'show names, identifiers, dates, descriptions, and paths that may name a patient')
  addDestinationOptions(command).action(async (named: NamedDestination, options: ReportOptions, command: Command) => {
    await run('report', command.optsWithGlobals<GlobalOptions>(), async (context) => {
      const { report } = await import('../commands/report.ts')
      checkDestinationOptions(command, named)
      return await report(named, options, context)
    })
  })
}
