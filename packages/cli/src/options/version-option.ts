import type { Command } from 'commander'

/**
 * Returns the command line with `--version` after a command replaced by `--version-id`, for commands that have both. The
 * parser would take `--version` for the option of the program.
 */
export function withVersionOption(program: Command, args: readonly string[]): readonly string[] {
  const all = program.commands.flatMap((command) => [command, ...command.commands])
  const commands = all.filter(({ options }) => options.some(({ long }) => long === '--version-id'))
  const names = new Set(commands.map((command) => command.name()))
  const command = args.findIndex((arg) => names.has(arg))
  if (command === -1) return args
  const end = args.indexOf('--', command)
  return args.map((arg, index) => {
    const isOption = index > command && (end === -1 || index < end)
    return isOption ? arg.replace(/^--version(?==|$)/, '--version-id') : arg
  })
}
