import { Command, type Option } from 'commander'
import { addDestinationOptions } from '../../destinations/destination-kinds.ts'

/** Options of destinations that each machine sets for itself: its identity, and how it reaches the bucket. */
const ofMachine: ReadonlySet<string> = new Set(['outProfile', 'outRegion', 'outEndpointUrl', 'outRole'])

/** Adds the options of destinations that each machine sets for itself. */
export function addPlaceOptions(command: Command): Command {
  for (const option of placeOptions()) command.addOption(option)
  return command
}

function placeOptions(): readonly Option[] {
  return addDestinationOptions(new Command()).options.filter((option) => ofMachine.has(option.attributeName()))
}
