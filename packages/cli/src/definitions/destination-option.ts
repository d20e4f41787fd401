import type { Command } from 'commander'
import { addDestinationOptions, parseDestination } from '../destinations/destination-kinds.ts'

/** Adds the option that names a destination, and those of its kinds. */
export function addDestinationOption(command: Command, description: string): Command {
  // A configuration file may name it, so the parser cannot require it.
  command.option('--out <destination>', `${description}; see ahi-dicom help destinations`, parseDestination)
  return addDestinationOptions(command)
}
