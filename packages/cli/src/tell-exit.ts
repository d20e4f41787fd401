import type { ExitCode } from './exit-codes.ts'
import type { Log } from './log.ts'

/** Tells programs the exit code, in the last line of the log. */
export function tellExit(log: Log, exitCode: ExitCode): void {
  log.tellPrograms('info', `ended with exit code ${exitCode}`, { event: 'end', exitCode })
}
