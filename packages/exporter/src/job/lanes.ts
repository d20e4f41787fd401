import type { Failure } from '../failure/failure.ts'
import type { Fetched, ItemResult, LaneItem } from '../lane/lane-item.ts'

/** Exports items, in threads of their own or in this one. */
export interface Lanes {
  /** Has what the first item needs started, beside what comes before it. */
  prepare(): void
  /** Hands an item out. Resolves once there is room for another. */
  hand(item: LaneItem): Promise<void>
  /** Takes no more items, and drops those that were not begun. Returns how many instances are being finished. */
  stop(): number
  /** Resolves once every item that was handed out has its result, or was cut short. */
  settled(): Promise<void>
  /** Makes what the lanes have written survive a power cut. */
  flush(): Promise<void>
  /** Whether a lane has ended that was not told to. It leaves files without flushing them, and unfinished ones. */
  readonly hasLost: boolean
  /** Ends the lanes. */
  close(): Promise<void>
}

/** Told by lanes. */
export interface LaneListener {
  readonly onResult: (result: ItemResult) => void
  readonly onFetched: (fetched: Fetched) => void
  /** What concerns no item, and ends the job. */
  readonly onFailure: (failure: Failure) => void
}
