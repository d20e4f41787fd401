/** Names of all keys in Redis that are not BullMQ's. BullMQ's are `PREFIX:RUN:…`. */
export interface FleetKeys {
  /** A hash: id of a run → JSON of its record. */
  readonly runs: string
  /** A sorted set: names of workers by the time, in milliseconds, at which they were last seen. */
  readonly workers: string
  /** JSON of a worker's state. It expires when the worker is gone. */
  worker(name: string): string
  /** A hash: the state that the workers share to keep one pace. It expires when they are gone. */
  readonly pace: string
  /** A list: JSON of each failure of the selection, as of the last submission. */
  errors(runId: string): string
  /**
   * A hash: texts of selectors that only documents can tell of → whether one has led to an instance (`1`), or is only asked
   * for (empty). Both are kept, so that it does not matter which is noted first.
   */
  selectors(runId: string): string
  /** There while somebody submits the run. It expires when the submitter is gone. */
  submitter(runId: string): string
  /** A hash: sums over completed jobs. */
  counts(runId: string): string
}

/** Prefix of all keys if no other one is given. */
export const defaultPrefix = 'ahi-dicom'

/** Returns the names of the keys below a prefix. */
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
