import type { Command } from 'commander'

/** Adds options to a command, and returns their names. */
export function addedOptions(command: Command, add: (command: Command) => unknown): readonly string[] {
  const before = command.options.length
  add(command)
  return command.options.slice(before).map((option) => option.attributeName())
}

/** Returns true if any of the options is set by the command line, the environment or a configuration file. */
export function isGiven(command: Command, names: readonly string[]): boolean {
  return names.some((name) => !['default', undefined].includes(command.getOptionValueSource(name)))
}
