import { createLimiter } from '@ahi-dicom/ahi-client'
import { failureOf } from '../failure/failure.ts'
import { exportItem } from '../lane/export-item.ts'
import { instancesOf, type LaneItem } from '../lane/lane-item.ts'
import type { Lane } from '../lane/lane.ts'
import type { LaneListener, Lanes } from './lanes.ts'

/** Options of {@link createLocalLanes}. */
export interface LocalLanesOptions extends LaneListener {
  readonly lane: Lane
  /** The number of instances to write at a time. */
  readonly instanceConcurrency: number
  readonly signal: AbortSignal
  /** Aborts when no more items are to be started. */
  readonly starting: AbortSignal
}

/**
 * Creates one lane in this thread. Used if the client, the decoder or the destination is an object of the caller that
 * no other thread can use.
 */
export function createLocalLanes(options: LocalLanesOptions): Lanes {
  const { lane, signal, starting, onResult } = options
  const places = createLimiter(options.instanceConcurrency)
  const running = new Set<Promise<void>>()
  let instances = 0

  async function run(item: LaneItem): Promise<void> {
    try {
      onResult(await exportItem(lane, item, signal))
    } catch (error) {
      if (!signal.aborted) options.onFailure(failureOf(error))
    }
  }

  return {
    prepare() {},
    async hand(item) {
      const place = await places.reserve(instancesOf(item), { signal: starting })
      instances += instancesOf(item)
      const task = run(item).finally(() => {
        instances -= instancesOf(item)
        place.release()
        running.delete(task)
      })
      running.add(task)
    },
    stop: () => instances,
    async settled() {
      while (running.size > 0) await Promise.all(running)
    },
    hasLost: false,
    flush: async () => lane.writer.flush?.(),
    async close() {},
  }
}
