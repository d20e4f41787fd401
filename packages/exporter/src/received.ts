/** Counts what comes from AHI for one instance, however often it is asked for. */
export interface Received {
  /** A whole frame, or the end of one whose bytes were counted as they came. */
  frame(imageFrameId: string, byteLength: number): void
  /** Bytes of what is passed on as it comes. */
  bytes(byteLength: number): void
  /** Whether there were such: what was damaged on its way can then only be told when it has been passed on. */
  readonly hasStreamed: boolean
}

/** What is new. */
export interface Fetched {
  readonly byteLength: number
  /** Frames that had not come before. */
  readonly frames: number
}

/** Makes the count of one instance. */
export function createReceived(onFetched?: (fetched: Fetched) => void): Received {
  const known = new Set<string>()
  let hasStreamed = false
  return {
    frame(imageFrameId, byteLength) {
      const before = known.size
      onFetched?.({ byteLength, frames: known.add(imageFrameId).size - before })
    },
    bytes(byteLength) {
      hasStreamed = true
      onFetched?.({ byteLength, frames: 0 })
    },
    get hasStreamed() {
      return hasStreamed
    },
  }
}
