/** BullMQ's codes for: no such job, no lock, not active, another's lock. */
const lostCodes = new Set<unknown>([-1, -2, -3, -6])

/** Returns whether an error of BullMQ says that another worker has the job, or that it is over. */
export function isLockLost(error: unknown): boolean {
  return error instanceof Error && 'code' in error && lostCodes.has(error.code)
}

/** Returns whether an error is what BullMQ's worker says beside its event `lockRenewalFailed`. */
export function isLockUnrenewed(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('could not renew lock')
}
