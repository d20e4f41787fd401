import type { ConnectionSettings } from './connection.ts'
import type { ExitCode } from './exit-codes.ts'
import type { GlobalOptions } from './options/global-options.ts'
import type { Log } from './log.ts'
import type { Progress } from './progress.ts'
import type { Terminal } from './terminal.ts'

/** The terminal, options, log and connection that a command uses. */
export interface CommandContext {
  readonly terminal: Terminal
  readonly log: Log
  /** Aborts at SIGINT and SIGTERM. */
  readonly signal: AbortSignal
  readonly global: GlobalOptions
  readonly env: NodeJS.ProcessEnv
  /** Returns how to reach AHI. Throws a `UsageError` if an option or a variable is malformed. */
  readonly connection: () => ConnectionSettings
  /** Returns the id of the data store. Throws a `UsageError` if none is named. */
  readonly datastoreId: () => string
  /** Starts to show the progress of a job. Log lines appear above it. */
  readonly startProgress: () => Progress
}

/** Runs the action of a command with its context. */
export type CommandRunner = (
  name: string,
  global: GlobalOptions,
  action: (context: CommandContext) => Promise<ExitCode>,
) => Promise<void>
