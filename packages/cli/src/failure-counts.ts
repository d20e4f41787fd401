import type { ErrorEntry } from '@ahi-dicom/exporter'
import { isEmptySelector } from './empty-selectors.ts'
import { exitCodes, type ExitCode } from './exit-codes.ts'

/** Counts failures by code, for the exit code of commands that continue after a failure. */
export interface FailureCounts {
  add(failure: ErrorEntry): void
  hasAny(): boolean
  byCode(): Readonly<Record<string, number>>
  /** Returns the exit code, given the number of results that were found. */
  exitCode(found: number): ExitCode
}

/** Returns counts that start at zero. */
export function createFailureCounts(): FailureCounts {
  const codes = new Map<string, number>()
  let count = 0
  let empty = 0
  let retryable = 0
  return {
    add(failure) {
      count += 1
      codes.set(failure.code, (codes.get(failure.code) ?? 0) + 1)
      if (isEmptySelector(failure.code)) empty += 1
      if (failure.retryable) retryable += 1
    },
    hasAny: () => count > 0,
    byCode: () => Object.fromEntries(codes),
    exitCode(found) {
      if (found === 0 && count === empty) return exitCodes.nothingSelected
      if (count === 0) return exitCodes.ok
      return count === retryable ? exitCodes.retryable : exitCodes.someFailed
    },
  }
}
