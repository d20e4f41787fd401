import type { Argument, Command, Option } from 'commander'
import { commandPath } from '../src/command-path.ts'
import { exitCodesHelp } from '../src/exit-codes.ts'
import { helpTopics } from '../src/help/topics.ts'

const head = `# Command reference

This page is generated from the help of \`ahi-dicom\`. \`ahi-dicom COMMAND --help\` prints the same text, and \`-h\` the most used
options. [The README of the command](../../packages/cli/README.md) explains how the options work together,
[json.md](../json.md) describes the output of \`--json\`, and [errors.md](errors.md) lists the error codes.
`

/** Returns the Markdown page about all commands, options, help topics and exit codes. */
export function commandDocs(program: Command): string {
  const commands = program.commands.flatMap(withCommandsBelow)
  return [
    head,
    `## Commands\n\n${table(['command', 'does'], commands.map(summaryOf))}`,
    `## Options of every command\n\nThey may be given before or after the name of the command.\n\n${optionTable(program)}`,
    ...commands.map(commandSection),
    `## Exit codes\n\n${exitCodeTable()}`,
    ...Object.entries(helpTopics)
      .filter(([name]) => name !== 'exit-codes')
      .map(([name, text]) => `## Help topic: ${name}\n\n\`ahi-dicom help ${name}\`\n\n${codeBlock(text)}`),
  ].join('\n')
}

/** Returns the command and the commands below it, such as `fleet submit`. */
function withCommandsBelow(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withCommandsBelow)]
}

function summaryOf(command: Command): string[] {
  const path = commandPath(command)
  return [`[\`${path}\`](#${path.replaceAll(' ', '-')})`, command.description()]
}

function commandSection(command: Command): string {
  const path = commandPath(command)
  const usage = codeBlock(`ahi-dicom ${path} ${command.usage()}`)
  const described = command.registeredArguments.filter(({ description }) => description !== '')
  const parts = [
    `## ${path}`,
    `${command.description()}\n`,
    usage,
    described.length === 0 ? '' : table(['argument', 'is'], described.map(argumentCells)),
    optionTable(command),
    codeBlock(textAfterOptions(command)),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function argumentCells(argument: Argument): string[] {
  const values = argument.argChoices === undefined ? '' : `: ${listed(argument.argChoices)}`
  return [`\`${argument.name()}\``, `${argument.description}${values}`]
}

function optionTable(command: Command): string {
  const options = command.createHelp().visibleOptions(command)
  return options.length === 0 ? '' : table(['option', 'does', 'values', 'default'], options.map(optionCells))
}

/** A description that ends with a default. */
const describedDefault = /^(.*) \(default: (.+)\)$/

function optionCells(option: Option): string[] {
  const [, description = option.description, described] = describedDefault.exec(option.description) ?? []
  const values = option.argChoices === undefined ? '' : listed(option.argChoices)
  return [`\`${option.flags}\``, description, values, described ?? defaultOf(option)]
}

/** Returns the declared default. Empty for switches such as `--no-verify`, which declare the default of their opposite. */
function defaultOf({ negate, defaultValue, defaultValueDescription }: Option): string {
  if (negate || defaultValue === undefined) return ''
  return `\`${defaultValueDescription ?? String(defaultValue)}\``
}

function listed(values: readonly string[]): string {
  return values.map((value) => `\`${value}\``).join(', ')
}

/** Returns the text after the options in the help of a command: notes and examples. */
function textAfterOptions(command: Command): string {
  const former = command.configureOutput()
  let text = ''
  command.configureOutput({ writeOut: (piece) => void (text += piece) })
  command.outputHelp()
  command.configureOutput(former)
  const after = text.slice(command.helpInformation().length)
  return after.replace('Exit codes: ahi-dicom help exit-codes', '').trim()
}

function exitCodeTable(): string {
  const lines = exitCodesHelp.split('\n').slice(1)
  const rows: string[][] = []
  for (const line of lines) {
    const [, code, text = ''] = /^ {2}(\d+)? +(.*)$/.exec(line) ?? []
    const last = rows.at(-1)
    if (code !== undefined) rows.push([code, text])
    else if (last !== undefined) last[1] = `${last[1] ?? ''} ${text}`
  }
  return table(['code', 'meaning'], rows)
}

function codeBlock(text: string): string {
  return text === '' ? '' : `\`\`\`\n${text}\n\`\`\`\n`
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => '---'), ...rows].map(tableLine).join('')
}

function tableLine(cells: readonly string[]): string {
  return `| ${cells.map(escapeCell).join(' | ')} |\n`
}

function escapeCell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ')
}
