import { exportInstance } from './export-instance.ts'
import { exportSeries } from './export-series.ts'
import { isSeriesItem, type ItemResult, type LaneItem } from './lane-item.ts'
import type { Lane } from './lane.ts'

/**
 * Exports one item: reserves the memory needed to read it, writes its files and describes them. An item in progress
 * never asks for more memory, so items cannot deadlock. Rejects only if the signal aborts. Failures are part of the
 * result.
 */
export async function exportItem(lane: Lane, item: LaneItem, signal: AbortSignal): Promise<ItemResult> {
  return await (isSeriesItem(item) ? exportSeries(lane, item, signal) : exportInstance(lane, item, signal))
}
