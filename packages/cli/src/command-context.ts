import type { ConnectionSettings } from './connection.ts'
import type { ExitCode } from './exit-codes.ts'
import type { GlobalOptions } from './options/global-options.ts'
import type { Log } from './log.ts'
import type { Progress } from './progress.ts'
import type { Terminal } from './terminal.ts'

/** What a command works with. */
export interface CommandContext {
  readonly terminal: Terminal
  readonly log: Log
  /** Aborts at SIGINT and SIGTERM. */
  readonly signal: AbortSignal
  readonly global: GlobalOptions
  readonly env: NodeJS.ProcessEnv
  /** Returns how to reach AHI; throws a `UsageError` when the options do not say it well. */
  readonly connection: () => ConnectionSettings
  /** Returns the data store that is meant; throws a `UsageError` when none is. */
  readonly datastoreId: () => string
  /** Starts the progress of a job; log lines do not disturb it. */
  readonly startProgress: () => Progress
}

/** Runs a command with what it works with. */
export type CommandRunner = (
  name: string,
  global: GlobalOptions,
  action: (context: CommandContext) => Promise<ExitCode>,
) => Promise<void>
