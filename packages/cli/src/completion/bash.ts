import { isGroup, type CompletedCommand, type CompletedOption, type Completions, type Values } from './model.ts'

/** Returns a completion script for bash 3.2 (the version of macOS) and later. It does not need the package bash-completion. */
export function bashScript({ options, commands }: Completions): string {
  const names = commands.map(({ name }) => name)
  const all = placed(commands, '')
  const taking = takingValues([...options, ...all.flatMap(({ command }) => (isGroup(command) ? command.options : []))])
  return `# Completions of ahi-dicom for bash.
_ahi_dicom_list() {
  local line
  while IFS= read -r line; do COMPREPLY+=("$line"); done
}
_ahi_dicom_words() { _ahi_dicom_list < <(compgen -W "$1" -- "$cur"); }
_ahi_dicom_file() { compopt -o filenames 2>/dev/null; _ahi_dicom_list < <(compgen -f -- "$cur"); }
_ahi_dicom_folder() { compopt -o filenames 2>/dev/null; _ahi_dicom_list < <(compgen -d -- "$cur"); }
_ahi_dicom() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" command='' i
  COMPREPLY=()
  # bash splits --option=value into three words.
  if [[ $cur == = ]]; then cur=''
  elif [[ $prev == = ]]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i-1]}" in ${patternOf(taking)}) continue ;; esac
    case "$command/\${COMP_WORDS[i]}" in ${patternOf(all.map(({ path }) => path))}) command="$command/\${COMP_WORDS[i]}" ;; esac
  done
  case "$command:$prev" in
${[...valueCases('*', options), ...all.flatMap(({ path, command }) => valueCases(path, command.options))].join('\n')}
  esac
  if [[ $cur == -* ]]; then
    case "$command" in
${all.map(flagsCase).join('\n')}
    esac
    _ahi_dicom_words ${quoted(flagsOf(options))}
    return
  fi
  case "$command" in
    '') ${completing(names)} ;;
${all.flatMap(argumentCase).join('\n')}
  esac
}
complete -F _ahi_dicom ahi-dicom
`
}

/** A command and its path, such as `/fleet/submit`. */
interface PlacedCommand {
  readonly path: string
  readonly command: CompletedCommand
}

function placed(commands: readonly CompletedCommand[], above: string): readonly PlacedCommand[] {
  return commands.flatMap((command) => {
    const path = `${above}/${command.name}`
    return [{ path, command }, ...placed(command.commands, path)]
  })
}

function takingValues(options: readonly CompletedOption[]): string[] {
  return flagsOf(options.filter(({ values }) => values !== undefined))
}

function flagsOf(options: readonly CompletedOption[]): string[] {
  return options.flatMap(({ flags }) => flags)
}

function patternOf(words: readonly string[]): string {
  return words.join('|')
}

function valueCases(path: string, options: readonly CompletedOption[]): string[] {
  return options.flatMap(({ flags, values }) => {
    if (values === undefined) return []
    const pattern = flags.map((flag) => `${path}:${flag}`).join('|')
    return [`    ${pattern}) ${completing(values)}; return ;;`]
  })
}

function flagsCase({ path, command }: PlacedCommand): string {
  return `      ${path}) ${completing(flagsOf(command.options))} ;;`
}

function argumentCase({ path, command }: PlacedCommand): string[] {
  const values = isGroup(command) ? command.commands.map(({ name }) => name) : command.values
  return values === undefined ? [] : [`    ${path}) ${completing(values)} ;;`]
}

function completing(values: Values): string {
  if (values === 'unknown') return ':'
  return typeof values === 'string' ? `_ahi_dicom_${values}` : `_ahi_dicom_words ${quoted(values)}`
}

/** Returns words in single quotes. The words come from the definitions and contain no quotes. */
function quoted(words: readonly string[]): string {
  return `'${words.join(' ')}'`
}
