import { Option, type Command } from 'commander'
import { parseFolder } from '../options/folder-path.ts'
import { parseRate } from '../options/plan-options.ts'

/** Adds the options for the details of a plan. */
export function addPlanOptions(command: Command): Command {
  return command
    .option('--image-sets', 'also list the image sets, one per line')
    .addOption(
      new Option('--rate <rate>', 'estimate the time at a rate: 500M (bytes/s) or 200f (frames/s)')
        .argParser(parseRate)
        .conflicts('measure'),
    )
    .option('--measure', 'measure the rate by exporting a sample for up to 10 seconds')
    .option('--prices <file>', "JSON file of prices to use instead of AWS's published prices")
}

/** Returns the option `--cache`. */
export function cacheOption(): Option {
  const help = 'folder that keeps metadata documents, which hold patient data'
  return new Option('--cache <dir>', help).argParser((value) => parseFolder(value, '--cache'))
}
