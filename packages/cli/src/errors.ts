/** Errors of the command itself. Each says which exit code it ends in. */
import { exitCodes, type ExitCode } from './exit-codes.ts'

/** The command line asks for something that cannot be: a malformed value, a missing option. The user corrects it. */
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

/** SIGINT or SIGTERM arrived: the reason with which the job's `AbortSignal` aborts. */
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
