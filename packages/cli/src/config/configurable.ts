import type { Command, Option } from 'commander'

/** Options that a configuration file cannot set, because they choose the file or print help. */
const notConfigurable = new Set(['config', 'version', 'help'])

/** Options with secrets. They are refused in configuration files, which are often shared and committed. */
export const secretOptions: ReadonlySet<string> = new Set(['accessKey', 'bearerToken'])

/** Commands that a configuration file has no section for. */
const withoutSettings = new Set(['help', 'completion'])

/** Returns the commands below the program or a group that a configuration file may have a section for. */
export function configurableCommands(parent: Command): readonly Command[] {
  return parent.commands.filter((command) => !withoutSettings.has(command.name()))
}

/** Returns the options of a command that a configuration file may set, by their names there. */
export function configurableOptions(command: Command): ReadonlyMap<string, readonly Option[]> {
  const options = command.options.filter((option) => {
    const name = option.attributeName()
    return !option.hidden && !notConfigurable.has(name) && !secretOptions.has(name)
  })
  return Map.groupBy(options, (option) => option.attributeName())
}

/** Returns true if an option takes no value. */
export function isSwitch(options: readonly Option[]): boolean {
  return options.every((option) => !option.required && !option.optional)
}

/** Returns true if an option may be repeated. The parser of a repeatable option has a second parameter: the earlier values. */
export function isRepeatable({ variadic, parseArg }: Option): boolean {
  return variadic || (parseArg?.length ?? 0) > 1
}
