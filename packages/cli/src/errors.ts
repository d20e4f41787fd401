/** Errors of the command itself. Each has the exit code that it causes. */
import { exitCodes, type ExitCode } from './exit-codes.ts'

/** The command line is wrong: a value is malformed, or an option is missing. The user has to correct it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code = 'USAGE'
  readonly exitCode: ExitCode = exitCodes.usage
}

/** The selection is well-formed and matches nothing. */
export class NothingSelectedError extends Error {
  override readonly name = 'NothingSelectedError'
  readonly code = 'NOTHING_SELECTED'
  readonly exitCode: ExitCode = exitCodes.nothingSelected
}

/** SIGINT or SIGTERM arrived. The job's `AbortSignal` aborts with this error as its reason. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
  readonly code = 'INTERRUPTED'
  readonly exitCode: ExitCode = exitCodes.interrupted
  readonly signal: string

  constructor(signal: string) {
    super(`Interrupted by ${signal}`)
    this.signal = signal
  }
}
