import type { Command } from 'commander'
import { addTextAfter, afterOptions } from '../help/help-length.ts'

/** Adds a command with its examples. `examples` may begin with notes, and must have a line `Examples:` or `Example:`. */
export function addCommand(program: Command, usage: string, description: string, examples: string): Command {
  const command = program.command(usage).description(description)
  return addTextAfter(command, afterOptions(command, examples))
}
