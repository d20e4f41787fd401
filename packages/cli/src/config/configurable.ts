import type { Command, Option } from 'commander'

/** Options that a configuration file cannot have: they are about the file itself, or about the help. */
const notConfigurable = new Set(['config', 'version', 'help'])

/** Options whose values are secrets. Files of settings are shared and committed. */
export const secretOptions: ReadonlySet<string> = new Set(['accessKey', 'bearerToken'])

/** Commands without settings. */
const withoutSettings = new Set(['help', 'completion'])

/** Returns the commands below a command, or below the program, that may have a section of their own. */
export function configurableCommands(parent: Command): readonly Command[] {
  return parent.commands.filter((command) => !withoutSettings.has(command.name()))
}

/** Returns the options of a command that a file may set, by their names in it. */
export function configurableOptions(command: Command): ReadonlyMap<string, readonly Option[]> {
  const options = command.options.filter((option) => {
    const name = option.attributeName()
    return !option.hidden && !notConfigurable.has(name) && !secretOptions.has(name)
  })
  return Map.groupBy(options, (option) => option.attributeName())
}

/** Returns whether an option is on or off. */
export function isSwitch(options: readonly Option[]): boolean {
  return options.every((option) => !option.required && !option.optional)
}

/** Returns whether an option may be given several times. Its parser then takes the values before. */
export function isRepeatable({ variadic, parseArg }: Option): boolean {
  return variadic || (parseArg?.length ?? 0) > 1
}
