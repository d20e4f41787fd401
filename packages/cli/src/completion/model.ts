import type { Argument, Command, Option } from 'commander'
import { helpTopics } from '../help/topics.ts'

/** Completions of a value: words, files, folders, or `unknown` if there are none. */
export type Values = readonly string[] | 'file' | 'folder' | 'unknown'

/** An option as shells complete it. */
export interface CompletedOption {
  /** Short and long form, such as `-h` and `--help`. */
  readonly flags: readonly string[]
  readonly description: string
  /** Completions of its value. Absent if it takes none. */
  readonly values?: Values
  /** True for an option of the group above the command. */
  readonly isInherited?: true
}

/** A command as shells complete it. */
export interface CompletedCommand {
  readonly name: string
  readonly description: string
  /** Options of the command and of its group, without the global options. */
  readonly options: readonly CompletedOption[]
  /** Completions of its arguments. Absent if it has none. */
  readonly values?: Values
  /** The commands of a group. Empty for other commands. */
  readonly commands: readonly CompletedCommand[]
}

/** The global options and the commands, for completion scripts. */
export interface Completions {
  /** Options of every command. */
  readonly options: readonly CompletedOption[]
  readonly commands: readonly CompletedCommand[]
}

/** Returns options and commands for completion scripts, from the definitions of the parser. */
export function completionsOf(program: Command): Completions {
  const names = program.commands.map((command) => command.name())
  return {
    options: [...optionsOf(program), help],
    commands: program.commands.map((command) => completedCommand(command, names, [])),
  }
}

function completedCommand(
  command: Command,
  names: readonly string[],
  inherited: readonly CompletedOption[],
): CompletedCommand {
  const own = optionsOf(command)
  const options = [...own, ...inherited]
  return {
    name: command.name(),
    description: command.description().replace(/\.$/, ''),
    options,
    ...valuesOfArguments(command, names),
    commands: command.commands.map((below) => {
      return completedCommand(
        below,
        names,
        own.map((option) => ({ ...option, isInherited: true })),
      )
    }),
  }
}

/** Returns true if a command is a group of commands. */
export function isGroup({ commands }: CompletedCommand): boolean {
  return commands.length > 0
}

const help: CompletedOption = { flags: ['-h', '--help'], description: 'show the short or the full help' }

function optionsOf(command: Command): CompletedOption[] {
  return command.options
    .filter(({ hidden }) => !hidden)
    .map((option) => ({
      flags: [option.short, option.long].flatMap((flag) => flag ?? []),
      description: option.description,
      ...valuesOfOption(option),
    }))
}

function valuesOfOption({ required, optional, flags, argChoices }: Option): Pick<CompletedOption, 'values'> {
  return required || optional ? { values: argChoices ?? valuesNamed(flags) } : {}
}

function valuesOfArguments(command: Command, names: readonly string[]): Pick<CompletedCommand, 'values'> {
  const argument: Argument | undefined = command.registeredArguments[0]
  if (argument === undefined) return {}
  if (command.name() === 'help') return { values: [...names, ...Object.keys(helpTopics)] }
  return { values: argument.argChoices ?? valuesNamed(`<${argument.name()}>`) }
}

/** Returns how a value is completed, from its name in the definition: `<dir>` is a folder, `<file>` and `<path>` a file. */
function valuesNamed(flags: string): Values {
  if (/[<[](?:dir|folder|destination|export|a|b)\b/.test(flags)) return 'folder'
  return /[<[](?:file|path)\b/.test(flags) ? 'file' : 'unknown'
}
