/** Names of the fleet's keys in Redis. BullMQ's own keys are `PREFIX:RUN:…`. */
export interface FleetKeys {
  /** Hash: run id → JSON of the run. */
  readonly runs: string
  /** Sorted set: worker names, scored by the time in milliseconds when they were last seen. */
  readonly workers: string
  /** String: JSON of the worker's state. Expires when the worker is gone. */
  worker(name: string): string
  /** Hash: the state that workers share to keep within the quotas together. Expires when all workers are gone. */
  readonly pace: string
  /** List: JSON of each failure of the last submission. */
  errors(runId: string): string
  /**
   * Hash: selector → `1` if it selected an instance, or empty if no worker has found one yet. Only selectors that have to be
   * matched against metadata documents are in it. A submission never overwrites a `1`, so the order of the writes does not
   * matter.
   */
  selectors(runId: string): string
  /** String: exists while the run is being submitted. Expires when the submitter is gone. */
  submitter(runId: string): string
  /** Hash: sums over completed jobs. */
  counts(runId: string): string
}

/** The default prefix of all keys. */
export const defaultPrefix = 'ahi-dicom'

/** Returns the names of the keys with a prefix. */
export function fleetKeys(prefix: string): FleetKeys {
  const base = `${prefix}:fleet`
  return {
    runs: `${base}:runs`,
    workers: `${base}:workers`,
    worker: (name) => `${base}:workers:${name}`,
    pace: `${base}:pace`,
    errors: (runId) => `${base}:errors:${runId}`,
    selectors: (runId) => `${base}:selectors:${runId}`,
    submitter: (runId) => `${base}:submitter:${runId}`,
    counts: (runId) => `${base}:counts:${runId}`,
  }
}
