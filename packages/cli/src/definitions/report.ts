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

const notes = `The page has studies, series, thumbnails, what failed and why, checksums and links to the files. It opens from disk, searches
and sorts. In a folder it is index.html, which verify lets be. Of a bucket or an archive, --out says where it goes, and files
have no links. It shows what the record says; verify compares the record with the files.

Examples:
  ahi-dicom report ./study                                  writes ./study/index.html
  ahi-dicom report s3://bucket/study --out study.html       about a bucket
  ahi-dicom report ./study --with-patient-data              names, dates and descriptions, too`

/** Adds the command `report`. */
export function addReport(program: Command, run: CommandRunner): void {
  const description = 'Write a page about an export: series, thumbnails, failures, checksums.'
  const command = addCommand(program, 'report', description, notes)
    .argument('<destination>', 'the destination of the export; see ahi-dicom help destinations', parseDestination)
    .option('--out <file>', 'the page (default: index.html in a folder)')
    .option('--with-patient-data', 'show names, identifiers, dates, descriptions, and paths that may name a patient')
  addDestinationOptions(command).action(async (named: NamedDestination, options: ReportOptions, command: Command) => {
    await run('report', command.optsWithGlobals<GlobalOptions>(), async (context) => {
      const { report } = await import('../commands/report.ts')
      checkDestinationOptions(command, named)
      return await report(named, options, context)
    })
  })
}
