import type { Command } from 'commander'

/** Returns the words after `ahi-dicom` that call a command, such as `fleet submit`. Empty for the program itself. */
export function commandPath(command: Command): string {
  if (command.parent === null) return ''
  return `${commandPath(command.parent)} ${command.name()}`.trimStart()
}

/** Returns the command with this path, such as `['fleet', 'submit']`, or undefined if there is no command of that name. */
export function findCommand(program: Command, names: readonly string[]): Command | undefined {
  return names.reduce<Command | undefined>(
    (command, name) => command?.commands.find((known) => known.name() === name),
    program,
  )
}
