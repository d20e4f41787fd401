import { type Command, Option } from 'commander'
import { parseVersionId } from '../options/identifiers.ts'
import { commaSeparated, parseDateRange, parseTime, repeated } from '../options/option-values.ts'

/** Adds selectors and the options that select. */
export function addSelectionOptions(command: Command): Command {
  command
    .argument('[selector...]', 'image set id or UIDs STUDY[/SERIES[/INSTANCE]]; @FILE or - for a list')
    .option('--all', 'select the whole data store')
  addFilterOptions(command)
  return addVersionOption(command, 'version of the one selected image set (default: the latest)')
}

/** Adds the options that filter. Without selectors, they filter the whole data store. */
export function addFilterOptions(command: Command): Command {
  return command
    .option('--patient-id <id>', 'PatientID to match (repeatable: any of them)', repeated)
    .option('--accession <number>', 'AccessionNumber to match (repeatable: any of them)', repeated)
    .option('--study-date <from..to>', 'range of StudyDate, such as 20240101..20241231 or 20240101..', parseDateRange)
    .option('--modality <list>', 'modalities, such as CT,MR', commaSeparated)
    .option('--sop-class <list>', 'SOP classes, by UID or name such as CTImageStorage', commaSeparated)
    .option('--created-since <time>', 'image sets created since this time, such as 2024-05-01', parseTime)
    .option('--updated-since <time>', 'image sets changed since this time', parseTime)
    .option('--where <comparison>', "match an attribute, such as 'SliceThickness<=1.5' (repeatable)", repeated)
    .option('--exclude <what>', 'leave out instances by a comparison, selector or list (repeatable)', repeated)
    .addOption(
      new Option('--non-primary <kind>', 'include image sets that are not primary, or select only those').choices([
        'include',
        'only',
      ]),
    )
    .addOption(new Option('--include-non-primary').hideHelp())
}

/** Adds `--version` of an image set. Without a command, `--version` prints the program's version, see `withVersionOption`. */
export function addVersionOption(command: Command, description: string): Command {
  return command
    .option('--version <number>', description)
    .addOption(new Option('--version-id <number>').argParser(parseVersionId).hideHelp())
}
