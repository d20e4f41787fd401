import type { Command } from 'commander'

/** Returns pairs of set options that exclude each other, by name. */
export function conflictsAmong(command: Command, isSet: (name: string) => boolean): readonly (readonly string[])[] {
  return command.options.flatMap((option) => {
    const name = option.attributeName()
    if (!isSet(name)) return []
    return excludedBy(option)
      .filter(isSet)
      .map((excluded) => [name, excluded])
  })
}

/** Returns the names that `conflicts()` of an option was given. Commander has no type for them. */
function excludedBy(option: object): readonly string[] {
  const names: unknown = Reflect.get(option, 'conflictsWith')
  return Array.isArray(names) ? names.map(String) : []
}
