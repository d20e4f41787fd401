import type { ConnectionSettings } from './connection.ts'
import type { GlobalOptions } from './global-options.ts'
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
