import { type Command, Option } from 'commander'
import { parseVersionId } from '../options/identifiers.ts'
import { commaSeparated, parseDateRange, parseTime, repeated } from '../options/option-values.ts'

/** Adds selectors, and the options that select. */
export function addSelectionOptions(command: Command): Command {
  command
    .argument('[selector...]', 'image set id, or study[/series[/instance]]; @FILE and - read them from a list')
    .option('--all', 'the whole data store')
  addFilterOptions(command)
  return addVersionOption(command, 'an earlier version of the one image set selected (default: the latest)')
}

/** Adds the options that filter. Without selectors they filter the whole data store. */
export function addFilterOptions(command: Command): Command {
  return command
    .option('--patient-id <id>', 'PatientID, exactly; repeatable, one of them', repeated)
    .option('--accession <number>', 'AccessionNumber, exactly; repeatable, one of them', repeated)
    .option('--study-date <from..to>', 'StudyDate, such as 20240101..20241231 or 20240101..', parseDateRange)
    .option('--modality <list>', 'Modality, such as CT,MR', commaSeparated)
    .option('--sop-class <list>', 'SOPClassUID, by UID or name such as CTImageStorage', commaSeparated)
    .option('--created-since <time>', 'image sets created since then, such as 2024-05-01', parseTime)
    .option('--updated-since <time>', 'image sets changed since then', parseTime)
    .option('--where <comparison>', "an attribute, such as 'SliceThickness<=1.5'; repeatable, all must hold", repeated)
    .option('--exclude <what>', 'leave out instances by a comparison, a selector or a list; repeatable', repeated)
    .addOption(
      new Option('--non-primary <kind>', 'image sets that are not primary: also them, or only them').choices([
        'include',
        'only',
      ]),
    )
    .addOption(new Option('--include-non-primary').hideHelp())
}

/** Adds the option for an earlier version. `--version` alone prints the version of the program, see `withVersionOption`. */
export function addVersionOption(command: Command, description: string): Command {
  return command
    .option('--version <number>', description)
    .addOption(new Option('--version-id <number>').argParser(parseVersionId).hideHelp())
}
