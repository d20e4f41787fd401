import type { ExitCode } from './exit-codes.ts'
import type { Log } from './log.ts'

/** Logs the exit code as the last line of a JSON log. */
export function tellExit(log: Log, exitCode: ExitCode): void {
  log.tellPrograms('info', `ended with exit code ${exitCode}`, { event: 'end', exitCode })
}
