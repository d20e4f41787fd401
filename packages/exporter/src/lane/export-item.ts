import { exportInstance } from './export-instance.ts'
import { exportSeries } from './export-series.ts'
import { isSeriesItem, type ItemResult, type LaneItem } from './lane-item.ts'
import type { Lane } from './lane.ts'

/**
 * Exports one item: waits for the memory that reading it takes, writes its files and describes them. Nothing that is under
 * way asks for more memory, so items cannot wait for each other. Rejects if the signal aborts; failures are results.
 */
export async function exportItem(lane: Lane, item: LaneItem, signal: AbortSignal): Promise<ItemResult> {
  return await (isSeriesItem(item) ? exportSeries(lane, item, signal) : exportInstance(lane, item, signal))
}
