import type { Failure } from '../failure/failure.ts'
import type { Fetched, ItemResult, LaneItem } from '../lane/lane-item.ts'

/** Exports items, in other threads or in this one. */
export interface Lanes {
  /** Starts the first lane early, so that it loads while the search runs. */
  prepare(): void
  /** Hands out an item. Resolves once there is room for another. */
  hand(item: LaneItem): Promise<void>
  /**
   * Takes no more items, and drops those that were not started. Returns how many instances are still being finished.
   */
  stop(): number
  /** Resolves once every item handed out has a result, or was aborted. */
  settled(): Promise<void>
  /** Flushes the files written by the lanes, so that they survive a power cut. */
  flush(): Promise<void>
  /** True if a lane ended unexpectedly. Some of its files may be unflushed or unfinished. */
  readonly hasLost: boolean
  /** Ends the lanes. */
  close(): Promise<void>
}

/** Callbacks of lanes. */
export interface LaneListener {
  readonly onResult: (result: ItemResult) => void
  readonly onFetched: (fetched: Fetched) => void
  /** Called for a failure that belongs to no item. It ends the job. */
  readonly onFailure: (failure: Failure) => void
}
