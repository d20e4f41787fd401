import type { CompletedCommand, CompletedOption, Completions, Values } from './model.ts'

/** Returns a completion script for fish. */
export function fishScript({ options, commands }: Completions): string {
  const lines = [
    'complete -c ahi-dicom -f',
    ...options.map((option) => optionLine('', option)),
    ...commandsLines(commands, []),
  ]
  return `# Completions of ahi-dicom for fish.\n${lines.join('\n')}\n`
}

/** Returns the lines for `commands`, which are below the commands that `above` names. */
function commandsLines(commands: readonly CompletedCommand[], above: readonly string[]): string[] {
  if (commands.length === 0) return []
  const names = commands.map(({ name }) => name).join(' ')
  const none = conditionOf([...above.map(isSeen), `not ${isSeen(names)}`])
  return [
    ...commands.map(({ name, description }) => `complete -c ahi-dicom ${none} -a ${name} -d ${quoted(description)}`),
    ...commands.flatMap((command) => commandLines(command, above)),
  ]
}

function commandLines({ name, options, values, commands }: CompletedCommand, above: readonly string[]): string[] {
  const condition = conditionOf([...above, name].map(isSeen))
  // The lines of the group offer its options, so its commands leave them out.
  const own = above.length === 0 ? options : options.filter(({ isInherited }) => isInherited !== true)
  const ofArguments = values === undefined || commands.length > 0 ? [] : valueFlags(values)
  return [
    ...own.map((option) => optionLine(`${condition} `, option)),
    ...(ofArguments.length === 0 ? [] : [`complete -c ahi-dicom ${condition} ${ofArguments.join(' ')}`]),
    ...commandsLines(commands, [...above, name]),
  ]
}

function isSeen(names: string): string {
  return `__fish_seen_subcommand_from ${names}`
}

function conditionOf(conditions: readonly string[]): string {
  return `-n '${conditions.join('; and ')}'`
}

function optionLine(condition: string, { flags, description, values }: CompletedOption): string {
  const named = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
  const taken = values === undefined ? [] : [values === 'file' ? '-r' : '-x', ...valueFlags(values)]
  return `complete -c ahi-dicom ${condition}${[...named, ...taken].join(' ')} -d ${quoted(description)}`
}

function valueFlags(values: Values): string[] {
  if (values === 'file') return ['-F']
  if (values === 'folder') return ['-a', "'(__fish_complete_directories (commandline -ct))'"]
  return values === 'unknown' ? [] : ['-a', quoted(values.join(' '))]
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`
}
