import type { Command } from 'commander'
import { addDestinationOptions, destinationForms, parseDestination } from '../destinations/destination-kinds.ts'

/** Adds the option that names a destination, and those of its kinds. */
export function addDestinationOption(command: Command, description: string): Command {
  // A configuration file may name it, so the parser cannot require it.
  command.option('--out <destination>', `${description}: ${destinationForms()}`, parseDestination)
  return addDestinationOptions(command)
}
