import type { InstanceNotice } from '@ahi-dicom/dicomizer'
import { writeSeriesFiles } from '@ahi-dicom/export-files'
import { failureOf, type Failure } from '../failure/failure.ts'
import { checkStored } from './check-files.ts'
import { lossOf } from './loss-of.ts'
import { destinationNotices } from './destination-notices.ts'
import { failedItem, nothingFetched, type ItemResult, type SeriesItem } from './lane-item.ts'
import type { Lane } from './lane.ts'
import { readFrames, seriesFileEntry, sumOfFrames, unverifiedNotice } from './manifest-entry.ts'
import { openSeries, type OpenSeries } from './open-series.ts'
import { createReceived, type Received } from './received.ts'

/**
 * Exports one series, see `exportItem`. Its frames are read in order, a few at a time, so they are never all in memory.
 */
export async function exportSeries(lane: Lane, item: SeriesItem, signal: AbortSignal): Promise<ItemResult> {
  let open: OpenSeries
  try {
    open = openSeries(lane, item, receivedOf(lane, item))
  } catch (error) {
    return failedItem(item.id, [failureOf(error)])
  }
  const memory = await lane.memory.reserve(open.heldByteLength, { signal })
  try {
    return await exportOpened(lane, { item, open }, signal)
  } catch (error) {
    signal.throwIfAborted()
    return failedItem(item.id, [failureOf(error)])
  } finally {
    open.close()
    memory.release()
  }
}

function receivedOf({ onFetched }: Lane, { countsFrames }: SeriesItem): Received {
  if (countsFrames) return createReceived(onFetched)
  return createReceived(({ byteLength }) => onFetched({ ...nothingFetched, byteLength }))
}

async function exportOpened(
  { options, seriesFormats, writer }: Lane,
  { item, open }: { readonly item: SeriesItem; readonly open: OpenSeries },
  signal: AbortSignal,
): Promise<ItemResult> {
  const { instances, frameConcurrency } = open
  const failures: unknown[] = []
  const told: InstanceNotice[] = []
  const files = await writeSeriesFiles({ instances, stem: item.stem }, seriesFormats, writer, {
    frameConcurrency,
    signal,
    onFailure: (error) => void failures.push(error),
    onNotice: (notice) => void told.push(notice),
  })
  signal.throwIfAborted()
  checkStored(files)
  const notices = [...told, ...files.flatMap(destinationNotices)]
  const hasFailed = failures.length > 0 || notices.some(({ isLoss }) => isLoss)
  const recorded = { instances, notices, options, hasFailed, files: files.length }
  const entries = files.map((file) => seriesFileEntry(item.key, recorded, file))
  const framesOfInstances = instances.map(readFrames)
  const frames = sumOfFrames(framesOfInstances)
  const isUnverified = entries.some(({ checksum }) => checksum === 'unverified')
  return {
    id: item.id,
    entries,
    notices: isUnverified ? [...notices, unverifiedNotice(frames)] : notices,
    failures: distinct([...failures, ...lossOf(notices)].map(failureOf)),
    frames,
    framesOfInstances,
  }
}

/** Several formats may fail for one reason, such as a missing slice. It is reported once. */
function distinct(failures: readonly Failure[]): readonly Failure[] {
  return [...new Map(failures.map((failure) => [`${failure.code} ${failure.message}`, failure])).values()]
}
