import type { CompletedCommand, CompletedOption, Completions, Values } from './model.ts'

/** Returns the completions as a script for fish. */
export function fishScript({ options, commands }: Completions): string {
  const names = commands.map(({ name }) => name).join(' ')
  const none = `-n 'not __fish_seen_subcommand_from ${names}'`
  const lines = [
    'complete -c ahi-dicom -f',
    ...options.map((option) => optionLine('', option)),
    ...commands.map(({ name, description }) => `complete -c ahi-dicom ${none} -a ${name} -d ${quoted(description)}`),
    ...commands.flatMap(commandLines),
  ]
  return `# Completions of ahi-dicom for fish.\n${lines.join('\n')}\n`
}

function commandLines({ name, options, values }: CompletedCommand): string[] {
  const condition = `-n '__fish_seen_subcommand_from ${name}'`
  const ofArguments = values === undefined ? [] : valueFlags(values)
  const own = options.map((option) => optionLine(`${condition} `, option))
  return ofArguments.length === 0 ? own : [...own, `complete -c ahi-dicom ${condition} ${ofArguments.join(' ')}`]
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
