import type { Command } from 'commander'
import { parseVersionId } from '../options/identifiers.ts'

/** Adds selectors, and the options that select. */
export function addSelectionOptions(command: Command): Command {
  return command
    .argument('[selector...]', 'image set id, or study[/series[/instance]] by UID; - reads them from standard input')
    .option('--all', 'the whole data store')
    .option('--include-non-primary', 'also image sets that are not the primary one of their series')
    .option('--version-id <number>', 'an earlier version of the one image set selected', parseVersionId)
}
