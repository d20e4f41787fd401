import type { Command } from 'commander'
import { addDestinationOptions, parseDestination } from '../destinations/destination-kinds.ts'

/** Adds the option that names a destination, and the options of all kinds of destinations. */
export function addDestinationOption(command: Command, description: string): Command {
  // Not required by the parser, because a configuration file may name it.
  command.option('--out <destination>', `${description}; see ahi-dicom help destinations`, parseDestination)
  return addDestinationOptions(command)
}
