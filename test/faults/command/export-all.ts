import type { ServerProcess } from '../server/server-process.ts'
import { runCommand, startCommand, type CommandOptions, type CommandResult, type RunningCommand } from './command.ts'

/** How an export is run. */
export interface ExportOptions extends CommandOptions {
  /** Options of the command. */
  readonly options?: readonly string[]
}

/** Exports everything that a server holds, frames as they are stored unless the options say otherwise. */
export async function exportAll(
  server: ServerProcess,
  out: string,
  options: ExportOptions = {},
): Promise<CommandResult> {
  return await runCommand(exportArguments(out, options), environment(server, options))
}

/** Starts an export of everything that a server holds. */
export function startExport(server: ServerProcess, out: string, options: ExportOptions = {}): RunningCommand {
  return startCommand(exportArguments(out, options), environment(server, options))
}

function exportArguments(out: string, { options = [] }: ExportOptions): string[] {
  return ['export', '--all', '--out', out, ...options]
}

function environment({ env }: ServerProcess, options: ExportOptions): CommandOptions {
  return { ...options, env: { ...env, ...options.env } }
}
