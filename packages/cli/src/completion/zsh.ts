import { isGroup, type CompletedCommand, type CompletedOption, type Completions, type Values } from './model.ts'

/** Returns a completion script for zsh. Source it after compinit, or save it as `_ahi-dicom` in a folder of `fpath`. */
export function zshScript({ options, commands }: Completions): string {
  return `#compdef ahi-dicom
# Completions of ahi-dicom for zsh.
${commands.filter(isGroup).map(groupFunction).join('')}_ahi_dicom() {
  local curcontext="$curcontext" context state line
  typeset -A opt_args
  local -a everywhere commands
  everywhere=(
${specsOf(options)}
  )
${choiceOf(commands, [])}
}
if [[ $funcstack[1] == _ahi_dicom || $funcstack[1] == _ahi-dicom ]]; then
  _ahi_dicom "$@"
else
  compdef _ahi_dicom ahi-dicom
fi
`
}

/** Returns the function that completes the words after the name of a group. It uses the variables of its caller. */
function groupFunction({ name, options, commands }: CompletedCommand): string {
  return `_ahi_dicom_${name}() {
  local context state line
  local -a commands
${choiceOf(commands, options.flatMap(specs))}
}
`
}

/** Returns the lines that complete the name of a command and the words after it. */
function choiceOf(commands: readonly CompletedCommand[], options: readonly string[]): string {
  return `  commands=(
${commands.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`).join('\n')}
  )
  _arguments -C -s $everywhere ${[...options, "'1: :->command'", "'*:: :->arguments'"].join(' ')} && return
  case $state in
    command) _describe -t commands command commands ;;
    arguments)
      case $words[1] in
${commands.map(commandCase).join('\n')}
      esac ;;
  esac`
}

function commandCase(command: CompletedCommand): string {
  const { name, options, values } = command
  if (isGroup(command)) return `        ${name}) _ahi_dicom_${name} ;;`
  // Unknown arguments get an empty list. With a message in its place, zsh would not complete options there.
  const action = values === undefined || values === 'unknown' ? '()' : actionOf(values)
  const own = [...options.flatMap(specs), ...(values === undefined ? [] : [`'*: :${action}'`])]
  return `        ${name}) _arguments -s $everywhere ${own.join(' ')} ;;`
}

function specsOf(options: readonly CompletedOption[]): string {
  return options
    .flatMap(specs)
    .map((spec) => `    ${spec}`)
    .join('\n')
}

/** Returns the specs of an option. `*` allows it several times, `=` allows its value in the same word. */
function specs({ flags, description, values }: CompletedOption): string[] {
  const explained = `[${description.replaceAll(/[\\[\]:]/g, String.raw`\$&`)}]`
  const value = values === undefined ? '' : `: :${actionOf(values)}`
  return flags.map((flag) => quoted(`*${flag}${values === undefined ? '' : '='}${explained}${value}`))
}

function actionOf(values: Values): string {
  if (values === 'file') return '_files'
  if (values === 'folder') return '_files -/'
  return values === 'unknown' ? ' ' : `(${values.join(' ')})`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
