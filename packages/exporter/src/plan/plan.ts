import { createFormats } from '@ahi-dicom/export-files'
import { errorEntry, failureOf } from '../failure/failure.ts'
import type { InstanceOptions } from '../lane/lane-item.ts'
import type { InstanceSources } from '../lane/open-instance.ts'
import { createDocumentMemory } from '../memory/document-memory.ts'
import type { MemoryShares } from '../memory/max-memory.ts'
import type { ExporterClient } from '../selection/client.ts'
import { describeSelection } from '../selection/describe-selection.ts'
import { passOn, type ItemFailure } from '../selection/item-failure.ts'
import { walkSelection, type WalkedInstance } from '../selection/walk-selection.ts'
import type { ExportPlan, PlannedImageSet, PlanOptions } from './export-plan.ts'
import { addForeseen, foreseeInstance, type ForeseenInstance } from './foresee-instance.ts'
import { observeClient } from './observed-client.ts'
import { createTotals } from './plan-totals.ts'
import { noBytes } from './planned-bytes.ts'
import { createTierCounts } from './storage-tiers.ts'

/** What a plan is made with. */
export interface PlanParts {
  readonly client: ExporterClient
  /** Makes what instances are opened with. */
  readonly sources: (options: InstanceOptions) => Promise<InstanceSources>
  /** Aborts when the exporter is closed. */
  readonly closed: AbortSignal
  readonly memory: MemoryShares
}

/** Selects and reads metadata as an export does, and fetches no frame. */
export async function planExport(parts: PlanParts, options: PlanOptions): Promise<ExportPlan> {
  const signal = options.signal === undefined ? parts.closed : AbortSignal.any([parts.closed, options.signal])
  signal.throwIfAborted()
  const formats = options.formats ?? createFormats(['dcm'])
  const free = await options.destination?.free?.()
  const sources = await parts.sources({ ...options, verifyFrames: true })
  const observed = observeClient(parts.client)
  using totals = createTotals(free)
  const tiers = createTierCounts(observed)
  const progress = { read: 0, failed: 0, selected: 0, isOver: false }
  let current: { imageSet: PlannedImageSet; readonly of: WalkedInstance['imageSet'] } | undefined

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

  async function finishImageSet(): Promise<void> {
    if (current !== undefined) await options.onImageSet?.(current.imageSet)
    current = undefined
  }

  async function add(walked: WalkedInstance): Promise<void> {
    if (current?.of !== walked.imageSet) {
      await finishImageSet()
      current = { of: walked.imageSet, imageSet: emptyImageSet(walked, tiers.tierOf(walked.imageSet)) }
    }
    const foreseen = foreseeInstance(sources, walked, formats)
    const { versionId: _, ...item } = walked.key
    for (const error of foreseen.failures) fail({ error, item })
    totals.add(walked, foreseen)
    current.imageSet = withInstance(current.imageSet, walked, foreseen)
  }

  const walk = walkSelection(observed.client, {
    ...options,
    signal,
    documentMemory: createDocumentMemory(parts.memory.documents),
    maxMemory: parts.memory.walk,
    onSelected: () => void (progress.selected += 1),
    onLoaded(loaded) {
      progress.read += 1
      tiers.count(loaded)
      tell()
    },
    onUnreadable: () => void (progress.failed += 1),
    onSelectionOver: () => void (progress.isOver = true),
  })
  for await (const walked of walk) {
    if (walked.kind === 'failure') fail(walked)
    else if (walked.isDuplicate) totals.sums.duplicates += 1
    else await add(walked)
  }
  await finishImageSet()
  tell()
  const requests = observed.requests()
  return totals.close({
    datastoreId: options.datastoreId,
    selection: describeSelection(options),
    imageSets: { selected: progress.selected, failed: progress.failed },
    ...tiers.read(),
    requests: options.keepsDocuments === true ? { ...requests, GetImageSetMetadata: 0 } : requests,
  })
}

function emptyImageSet({ key, imageSet }: WalkedInstance, storageTier: string | undefined): PlannedImageSet {
  const { imageSetId, versionId, studyInstanceUid } = key
  const { isPrimary } = imageSet.selected.summary
  const sizes = { instances: 0, frames: 0, bytesToFetch: noBytes, bytesToWrite: noBytes }
  return { imageSetId, versionId, isPrimary, storageTier, studyInstanceUid, seriesInstanceUids: [], ...sizes }
}

function withInstance(imageSet: PlannedImageSet, { key }: WalkedInstance, foreseen: ForeseenInstance): PlannedImageSet {
  const { seriesInstanceUids, instances } = imageSet
  const isKnown = seriesInstanceUids.includes(key.seriesInstanceUid)
  return {
    ...imageSet,
    ...addForeseen(imageSet, foreseen),
    seriesInstanceUids: isKnown ? seriesInstanceUids : [...seriesInstanceUids, key.seriesInstanceUid],
    instances: instances + 1,
  }
}
