import type { Command } from 'commander'

/** Returns the names with which a command is called, without that of the program: `fleet submit`. Empty for the program. */
export function commandPath(command: Command): string {
  if (command.parent === null) return ''
  return `${commandPath(command.parent)} ${command.name()}`.trimStart()
}

/** Returns the command that is named by words such as `['fleet', 'submit']`, or undefined if there is none. */
export function findCommand(program: Command, names: readonly string[]): Command | undefined {
  return names.reduce<Command | undefined>(
    (command, name) => command?.commands.find((known) => known.name() === name),
    program,
  )
}
