import type { Command, CommanderError } from 'commander'
import { commandPath } from './command-path.ts'

/** The parser's message about a wrong command line, and a hint to the help. */
export interface ParserMessage {
  readonly message: string
  readonly hint: string
}

/** Returns the parser's message, or `undefined` if the command line is not wrong, as for `--help`. */
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
