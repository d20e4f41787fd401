import type { Argument, Command, Option } from 'commander'
import { helpTopics } from '../help/topics.ts'

/** What completes a value: some words, files, folders, or nothing that a shell knows. */
export type Values = readonly string[] | 'file' | 'folder' | 'unknown'

/** An option as shells complete it. */
export interface CompletedOption {
  /** Such as `-h` and `--help`. */
  readonly flags: readonly string[]
  readonly description: string
  /** Absent: it takes no value. */
  readonly values?: Values
  /** Whether it is an option of the command above. */
  readonly isInherited?: true
}

/** A command as shells complete it. */
export interface CompletedCommand {
  readonly name: string
  readonly description: string
  /** Its own and those of the command above it, without those of every command. */
  readonly options: readonly CompletedOption[]
  /** What completes its arguments; absent if it has none. */
  readonly values?: Values
  /** The commands below it, which its first argument names. Empty for most. */
  readonly commands: readonly CompletedCommand[]
}

/** All that shells complete. */
export interface Completions {
  /** Options of every command. */
  readonly options: readonly CompletedOption[]
  readonly commands: readonly CompletedCommand[]
}

/** Returns what shells complete, from the definitions of the parser. */
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

/** Returns whether a command only groups others. */
export function isGroup({ commands }: CompletedCommand): boolean {
  return commands.length > 0
}

const help: CompletedOption = { flags: ['-h', '--help'], description: 'a short help, or all of it' }

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

/** The definitions call a folder `<dir>` and a file `<file>` or `<path>`. */
function valuesNamed(flags: string): Values {
  if (/[<[](?:dir|folder|destination|export|a|b)\b/.test(flags)) return 'folder'
  return /[<[](?:file|path)\b/.test(flags) ? 'file' : 'unknown'
}
