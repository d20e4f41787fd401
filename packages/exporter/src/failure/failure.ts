import { printable } from '@ahi-dicom/ahi-metadata'
import type { ErrorEntry } from '@ahi-dicom/export-files'

/** What is known of an item that failed. */
export type FailedItem = Omit<ErrorEntry, 'code' | 'message' | 'retryable'>

/** Why something failed, as plain data that can be cloned into another thread. */
export interface Failure extends Pick<ErrorEntry, 'code' | 'message' | 'retryable' | 'imageFrameId'> {
  /** Whether going on is pointless: credentials, a full disk. */
  readonly isFatal: boolean
  /** The operation that AHI refuses for the item, for lack of permission. */
  readonly refusedOperation: string | undefined
  /** Whether AHI or the destination is away: a failure of the job that may pass by itself, and not of the item that met it. */
  readonly isOutage: boolean
  /** Whether pixels differ from AHI's checksum of them, in the same way at each request. */
  readonly isChecksumMismatch: boolean
}

/** Errors of the file system after which no further write can succeed. */
const fatalSystemCodes = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EMFILE', 'ENFILE'])

/** Errors of AHI that every further request would meet as well. */
const fatalAhiCodes = new Set(['AHI_CREDENTIALS', 'AHI_OUTAGE'])

/** Stands for an operation that the client does not name. */
export const unnamedOperation = ''

/** Messages of other packages, of Node and of objects of the caller may quote what came from outside. */
const longestMessage = 1000

/** Describes an error by what it and its causes say of code, frame and retrying. */
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

/** Describes a failure of an item for `errors.ndjson`. */
export function errorEntry({ code, message, retryable, imageFrameId }: Failure, item: FailedItem): ErrorEntry {
  return { ...item, imageFrameId: item.imageFrameId ?? imageFrameId, code, message, retryable }
}

/** Returns whether a failure may pass by itself. */
export function isRetryable(error: unknown): boolean {
  return causesOf(error).some((cause) => field(cause, 'retryable') === true)
}

/** Returns whether going on is pointless: credentials, a full disk, or whatever says `fatal: true`. */
export function isFatal(error: unknown): boolean {
  return causesOf(error).some((cause) => {
    const code = field(cause, 'code')
    if (field(cause, 'fatal') === true) return true
    if (typeof code !== 'string') return false
    return fatalAhiCodes.has(code) || (fatalSystemCodes.has(code) && field(cause, 'syscall') !== undefined)
  })
}

/** Returns the code of an error or of the first of its causes that has one, else its name. */
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
