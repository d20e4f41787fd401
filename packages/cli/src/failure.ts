import { inspect } from 'node:util'
import { printable } from '@ahi-dicom/ahi-metadata/printable'
import { exitCodes, type ExitCode } from './exit-codes.ts'

/** How a command ends that threw an error. */
export interface Failure {
  readonly exitCode: ExitCode
  /** One sentence for the user, with what to do. */
  readonly message: string
}

/** Exit codes by error code. An `exitCode` or `retryable` of the error takes precedence. */
const exitCodesByErrorCode: Readonly<Record<string, ExitCode>> = {
  AHI_VALIDATION: exitCodes.usage,
  SELECTOR_MALFORMED: exitCodes.usage,
  FILTER_MALFORMED: exitCodes.usage,
  COLUMN_MALFORMED: exitCodes.usage,
  NOTHING_TO_IMPORT: exitCodes.nothingSelected,
  FRAME_CHECKSUM_MISMATCH: exitCodes.checksumMismatch,
  AHI_NOT_FOUND: exitCodes.someFailed,
  AHI_TOO_LARGE: exitCodes.someFailed,
  OUTPUT_NOT_A_DIRECTORY: exitCodes.usage,
  OUTPUT_EXISTS: exitCodes.usage,
  OUTPUT_DIFFERENT: exitCodes.usage,
  OUTPUT_NO_MANIFEST: exitCodes.usage,
  OUTPUT_UNSUPPORTED: exitCodes.usage,
  FLEET_REDIS_URL_MALFORMED: exitCodes.usage,
  FLEET_REDIS_UNREACHABLE: exitCodes.retryable,
  FLEET_RUN_NOT_FOUND: exitCodes.usage,
  FLEET_RUN_CANCELLED: exitCodes.usage,
  FLEET_RUN_ACTIVE: exitCodes.retryable,
  FLEET_LAYOUT_NOT_UNIQUE: exitCodes.usage,
  FLEET_DESTINATION_UNSUPPORTED: exitCodes.usage,
}

/**
 * Returns the exit code and the message for a value that a command threw. Errors are told apart by `code`, not by class, so
 * that no package has to be loaded.
 */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error))
    return { exitCode: exitCodes.fatal, message: printable(String(error), { maxLength: 2000 }) }
  return { exitCode: exitCodeOf(error), message: messageOf(error) }
}

/** Returns an error with its stack, its causes, and AWS's reason for a refused permission, for `--log-level debug`. */
export function describeForDebugging(error: unknown): string {
  const said = error instanceof Error ? field(error, 'serviceMessage') : undefined
  const [refusal] = (typeof said === 'string' && refusedPermission.exec(said)) || []
  const described = inspect(error, { depth: 6 })
  return refusal === undefined ? described : `${described}\nthe service said: ${refusal}`
}

/** IAM's sentence, which names identity, action, resource and kind of policy. The rest of a message may name a patient. */
const refusedPermission =
  /^User: arn:[\w:/.@=,+-]+ is not authorized to perform: [\w:*-]+( on resource: [\w:/.*-]+)?( (because no|with an explicit deny in an?) [a-z- ]+ policy( allows the [\w:*-]+ action)?)?/

function exitCodeOf(error: Error): ExitCode {
  const own = field(error, 'exitCode')
  if (isExitCode(own)) return own
  if (field(error, 'retryable') === true) return exitCodes.retryable
  const code = field(error, 'code')
  if (typeof code !== 'string') return exitCodes.fatal
  if (code.startsWith('LAYOUT_')) return exitCodes.usage
  return exitCodesByErrorCode[code] ?? exitCodes.fatal
}

function messageOf(error: Error): string {
  return printable(error.message === '' ? error.name : error.message, { maxLength: 2000 })
}

function isExitCode(value: unknown): value is ExitCode {
  return Object.values(exitCodes).some((code) => code === value)
}

function field(error: Error, name: string): unknown {
  return Reflect.get(error, name)
}
