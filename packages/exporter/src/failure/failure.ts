import { printable } from '@ahi-dicom/ahi-metadata'
import type { ErrorEntry } from '@ahi-dicom/export-files'

/** The identifiers of a failed item. */
export type FailedItem = Omit<ErrorEntry, 'code' | 'message' | 'retryable'>

/** The reason for a failure, as plain data that can be cloned into another thread. */
export interface Failure extends Pick<ErrorEntry, 'code' | 'message' | 'retryable' | 'imageFrameId'> {
  /** True if the job cannot continue, for example after a credentials error or with a full disk. */
  readonly isFatal: boolean
  /** The operation that AHI refused for lack of permission. */
  readonly refusedOperation: string | undefined
  /** True if AHI or the destination is unavailable. This may pass, and is a failure of the job, not of the item. */
  readonly isOutage: boolean
  /** True if pixels differ from AHI's checksum in the same way at each request. */
  readonly isChecksumMismatch: boolean
}

/** Errors of the file system after which no write can succeed. */
const fatalSystemCodes = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EMFILE', 'ENFILE'])

/** Errors of AHI that every further request would get. */
const fatalAhiCodes = new Set(['AHI_CREDENTIALS', 'AHI_OUTAGE'])

/** Stands for an operation that the client did not name. */
export const unnamedOperation = ''

/** The length of a message in the record. Messages of other packages, Node.js and the caller may quote long data. */
const longestMessage = 1000

/** Describes an error, with code, frame and `retryable` taken from it or its causes. */
export function failureOf(error: unknown): Failure {
  const retryable = isRetryable(error)
  return {
    code: errorCode(error),
    message: printable(error instanceof Error ? error.message : String(error), { maxLength: longestMessage }),
    retryable,
    imageFrameId: textField(error, 'imageFrameId'),
    isFatal: isFatal(error),
    refusedOperation: hasCode(error, 'AHI_ACCESS_DENIED')
      ? (textField(error, 'operation') ?? unnamedOperation)
      : undefined,
    isOutage: hasCode(error, 'AHI_OUTAGE') || hasCode(error, 'OUTPUT_UNREACHABLE'),
    isChecksumMismatch: hasCode(error, 'FRAME_CHECKSUM_MISMATCH') && !retryable,
  }
}

/** Returns the line of `errors.ndjson` for a failed item. */
export function errorEntry({ code, message, retryable, imageFrameId }: Failure, item: FailedItem): ErrorEntry {
  return { ...item, imageFrameId: item.imageFrameId ?? imageFrameId, code, message, retryable }
}

/** Returns true if a failure may pass on a retry. */
export function isRetryable(error: unknown): boolean {
  return causesOf(error).some((cause) => field(cause, 'retryable') === true)
}

/**
 * Returns true if the job cannot continue: after a credentials error, with a full disk, or if an error has `fatal:
 * true`.
 */
export function isFatal(error: unknown): boolean {
  return causesOf(error).some((cause) => {
    const code = field(cause, 'code')
    if (field(cause, 'fatal') === true) return true
    if (typeof code !== 'string') return false
    return fatalAhiCodes.has(code) || (fatalSystemCodes.has(code) && field(cause, 'syscall') !== undefined)
  })
}

/** Returns the first code of an error and its causes, or the error's name if none has a code. */
export function errorCode(error: unknown): string {
  return textField(error, 'code') ?? (error instanceof Error ? error.name : 'UNKNOWN')
}

function hasCode(error: unknown, code: string): boolean {
  return causesOf(error).some((cause) => field(cause, 'code') === code)
}

function textField(error: unknown, name: string): string | undefined {
  for (const cause of causesOf(error)) {
    const value = field(cause, name)
    if (typeof value === 'string') return value
  }
  return undefined
}

function causesOf(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let cause = error; cause !== undefined && !chain.includes(cause); cause = field(cause, 'cause'))
    chain.push(cause)
  return chain
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
