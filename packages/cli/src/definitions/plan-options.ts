import { Option, type Command } from 'commander'
import { parseFolder } from '../options/folder-path.ts'
import { parseRate } from '../options/plan-options.ts'

/** Adds the options that say what a plan tells. */
export function addPlanOptions(command: Command): Command {
  return command
    .option('--image-sets', 'also list the image sets, one a line')
    .addOption(
      new Option('--rate <rate>', 'time at this rate: bytes a second (500M) or frames a second (200f)')
        .argParser(parseRate)
        .conflicts('measure'),
    )
    .option('--measure', 'export a sample for up to ten seconds into a temporary folder, and use its rate')
    .option('--prices <file>', 'prices as JSON, in place of those that AWS has published')
}

/** Returns the option that names a folder for metadata documents. */
export function cacheOption(): Option {
  const help = 'keep metadata documents in this folder and read them from there; they hold patient data'
  return new Option('--cache <dir>', help).argParser((value) => parseFolder(value, '--cache'))
}
