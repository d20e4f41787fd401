import { createFormats, isInstanceFormat, isSeriesFormat } from '@ahi-dicom/export-files'
import { errorEntry, failureOf } from '../failure/failure.ts'
import type { InstanceOptions } from '../lane/lane-item.ts'
import type { InstanceSources } from '../lane/open-instance.ts'
import { createDocumentMemory } from '../memory/document-memory.ts'
import type { MemoryShares } from '../memory/max-memory.ts'
import type { ExporterClient } from '../selection/client.ts'
import { describeSelection } from '../selection/describe-selection.ts'
import { passOn, type ItemFailure } from '../selection/item-failure.ts'
import { walkSelection, type WalkedInstance } from '../selection/walk-selection.ts'
import type { ExportPlan, PlanOptions } from './export-plan.ts'
import { foreseeInstance, nothingForeseen } from './foresee-instance.ts'
import { foreseeSeries } from './foresee-series.ts'
import { createGatheredSeries } from './gathered-series.ts'
import { observeClient } from './observed-client.ts'
import { createTotals } from './plan-totals.ts'
import { createPlannedImageSets } from './planned-image-sets.ts'
import { createTierCounts } from './storage-tiers.ts'

/** Parts needed to make a plan. */
export interface PlanParts {
  readonly client: ExporterClient
  /** Creates the sources for opening instances. */
  readonly sources: (options: InstanceOptions) => Promise<InstanceSources>
  /** Aborts when the exporter is closed. */
  readonly closed: AbortSignal
  readonly memory: MemoryShares
}

/** Plans an export. Selects and reads metadata like an export, but fetches no frame. */
export async function planExport(parts: PlanParts, options: PlanOptions): Promise<ExportPlan> {
  const signal = options.signal === undefined ? parts.closed : AbortSignal.any([parts.closed, options.signal])
  signal.throwIfAborted()
  const formats = options.formats ?? createFormats(['dcm'])
  const instanceFormats = formats.filter(isInstanceFormat)
  const seriesFormats = formats.filter(isSeriesFormat)
  const free = await options.destination?.free?.()
  const sources = await parts.sources({ ...options, verifyFrames: true })
  const observed = observeClient(parts.client)
  using totals = createTotals(free)
  const tiers = createTierCounts()
  const progress = { read: 0, left: 0, failed: 0, selected: 0, isOver: false }
  const planned = createPlannedImageSets(options.onImageSet)

  function tell(): void {
    const { read, failed, selected: total, isOver } = progress
    const { instances, frames } = totals.sums
    const imageSets = { done: read + failed, total }
    options.onProgress?.({ imageSets, isTotalKnown: isOver, instances, frames })
  }

  function fail(failure: ItemFailure): void {
    passOn(failure, options.onFailure)
    totals.fail(errorEntry(failureOf(failure.error), failure.item))
  }

  async function add(walked: WalkedInstance): Promise<void> {
    const foreseen = instanceFormats.length === 0 ? nothingForeseen : foreseeInstance(sources, walked, instanceFormats)
    await planned.add(walked, foreseen)
    const { versionId: _, ...item } = walked.key
    for (const error of foreseen.failures) fail({ error, item })
    totals.add(walked, foreseen)
  }

  function addSeries(walked: readonly WalkedInstance[]): void {
    const all = foreseeSeries(sources, walked, seriesFormats)
    // If instance files read the same frames, these are already counted.
    const foreseen = instanceFormats.length === 0 ? all : { ...all, frames: 0 }
    planned.addSeries(foreseen)
    for (const error of foreseen.failures) fail({ error, item: failedSeries(walked) })
    totals.addSeries(walked, foreseen)
  }

  const gathered = createGatheredSeries()
  const walk = walkSelection(observed.client, {
    ...options,
    signal,
    documentMemory: createDocumentMemory(parts.memory.documents),
    maxMemory: parts.memory.walk,
    onSelected: () => void (progress.selected += 1),
    onLoaded(loaded) {
      progress.read += 1
      if (loaded.instances.length === 0) progress.left += 1
      tiers.count(loaded)
      tell()
    },
    onUnreadable: () => void (progress.failed += 1),
    onSelectionOver: () => void (progress.isOver = true),
  })
  for await (const walked of walk) {
    if (walked.kind === 'failure') {
      fail(walked)
      continue
    }
    if (walked.isDuplicate) totals.sums.duplicates += 1
    else await add(walked)
    if (seriesFormats.length > 0) for (const series of gathered.add(walked)) addSeries(series)
  }
  await planned.finish()
  tell()
  const requests = observed.requests()
  return totals.close({
    datastoreId: options.datastoreId,
    selection: describeSelection(options),
    imageSets: { selected: progress.selected - progress.left, failed: progress.failed },
    ...tiers.read(),
    requests: options.keepsDocuments === true ? { ...requests, GetImageSetMetadata: 0 } : requests,
  })
}

function failedSeries(walked: readonly WalkedInstance[]): ItemFailure['item'] {
  const [first] = walked
  if (first === undefined) throw new TypeError('Expected a series with instances')
  const { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid } = first.key
  const sopInstanceUids = walked.map(({ key }) => key.sopInstanceUid)
  return { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid, sopInstanceUids }
}
