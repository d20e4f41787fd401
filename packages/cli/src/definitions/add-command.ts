import type { Command } from 'commander'
import { exitCodesHelp } from '../exit-codes.ts'

/** Adds a command with its examples and the exit codes in its help. */
export function addCommand(program: Command, usage: string, description: string, examples: string): Command {
  const command = program.command(usage).description(description)
  return command
    .showHelpAfterError(`ahi-dicom: see ahi-dicom ${command.name()} --help`)
    .addHelpText('after', `\n${examples}\n\n${exitCodesHelp}`)
}
