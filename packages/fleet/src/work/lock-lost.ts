/** BullMQ's error codes: job missing (-1), lock missing (-2), job not active (-3), lock of another worker (-6). */
const lostCodes = new Set<unknown>([-1, -2, -3, -6])

/** Returns whether a BullMQ error says that another worker has the job, or that the job is no longer active. */
export function isLockLost(error: unknown): boolean {
  return error instanceof Error && 'code' in error && lostCodes.has(error.code)
}

/** Returns whether an error is the one that BullMQ emits in addition to its event `lockRenewalFailed`. */
export function isLockUnrenewed(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('could not renew lock')
}
