import type { Command } from 'commander'

/** Returns the pairs of options that exclude each other, by their names, of those that `isSet` says are set. */
export function conflictsAmong(command: Command, isSet: (name: string) => boolean): readonly (readonly string[])[] {
  return command.options.flatMap((option) => {
    const name = option.attributeName()
    if (!isSet(name)) return []
    return excludedBy(option)
      .filter(isSet)
      .map((excluded) => [name, excluded])
  })
}

/** Commander has no type for what `conflicts()` of an option was given. */
function excludedBy(option: object): readonly string[] {
  const names: unknown = Reflect.get(option, 'conflictsWith')
  return Array.isArray(names) ? names.map(String) : []
}
