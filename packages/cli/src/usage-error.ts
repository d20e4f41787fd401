import type { Command, CommanderError } from 'commander'
import { commandPath } from './command-path.ts'

/** What is wrong with a command line, as the parser says it, and where to read on. */
export interface ParserMessage {
  readonly message: string
  readonly hint: string
}

/** Returns what the parser says, or `undefined` for what is no fault of the command line. */
export function parserMessage(
  error: CommanderError,
  program: Command,
  args: readonly string[],
): ParserMessage | undefined {
  if (error.exitCode === 0) return undefined
  const hint = `see ${`ahi-dicom ${commandPath(namedCommand(program, args))}`.trimEnd()} --help`
  if (error.code === 'commander.help') return { message: 'no command is given', hint }
  return {
    message: error.message
      .replace(/^error: /, '')
      .replace('--version-id <', '--version <')
      .replaceAll(/\s*\n\s*/g, ' '),
    hint,
  }
}

function namedCommand(command: Command, args: readonly string[]): Command {
  const named = command.commands.find((known) => args.includes(known.name()))
  return named === undefined ? command : namedCommand(named, args)
}
