import {
  createFormats,
  openRecord,
  parseLayout,
  recordNames,
  type CompletedInstance,
  type Format,
  type Layout,
} from '@ahi-dicom/export-files'
import { dicomizeInstance } from '@ahi-dicom/dicomizer'
import { failureOf } from '../failure/failure.ts'
import type { LaneItem } from '../lane/lane-item.ts'
import { instanceRequest } from '../lane/manifest-entry.ts'
import { countRequests } from '../record/request-counts.ts'
import { countLoaded, countSkipped, summarize } from '../record/counts.ts'
import type { ExportSummary, JobSummary } from '../record/summary.ts'
import type { ExporterClient } from '../selection/client.ts'
import { isFatalFailure } from '../selection/item-failure.ts'
import { selectionName } from '../selection/selection-name.ts'
import { instanceEntry, walkSelection, type WalkedFailure, type WalkedInstance } from '../selection/walk-selection.ts'
import { createJobTelemetry, type JobTelemetry } from '../telemetry/job-telemetry.ts'
import { finishRecord } from './finish-record.ts'
import { createFlushing, type Flushing } from './flushing.ts'
import { createJob, endIfRefused, notify, report, reportOutage, warn, type ExportOptions, type Job } from './job.ts'
import type { Lanes } from './lanes.ts'
import { openLanes, type LaneParts } from './open-lanes.ts'
import { takeFetched, takeResult } from './take-result.ts'

/** What jobs of one exporter share. */
export interface JobParts extends LaneParts {
  readonly client: ExporterClient
  /** Aborts when the exporter is closed. */
  readonly closed: AbortSignal
}

/**
 * Exports the selected instances to the destination. Resolves with the summary however the job ends, once everything that
 * it started is settled; rejects only if the signal has aborted before the start, or the destination cannot be opened or
 * closed.
 */
export async function runExport(parts: JobParts, options: ExportOptions): Promise<ExportSummary> {
  const { destination, signal } = options
  signal?.throwIfAborted()
  const layout = parseLayout(options.layout)
  const formats = options.formats ?? createFormats(['dcm'])
  const picture = formats.find(({ readsPixels }) => readsPixels)
  if (options.headerOnly === true && picture !== undefined) {
    throw new TypeError(`Expected formats that read no pixels with the \`headerOnly\` option, got \`${picture.name}\``)
  }
  const telemetry = createJobTelemetry(options.datastoreId)
  return await telemetry.run(async () => {
    await destination.open({ mask: layout.mask })
    try {
      return await exportToOpened(parts, options, { layout, formats, telemetry })
    } finally {
      await destination.close()
    }
  })
}

/** What a job is made with. */
interface JobSetting {
  readonly layout: Layout
  readonly formats: readonly Format[]
  readonly telemetry: JobTelemetry
}

async function exportToOpened(
  parts: JobParts,
  options: ExportOptions,
  { layout, formats, telemetry }: JobSetting,
): Promise<ExportSummary> {
  const startedAt = new Date()
  const start = performance.now()
  const requests = countRequests(parts.client)
  const { destination, mode = 'new', signal, verifyFrames, onLockWait } = options
  const request = instanceRequest(options)
  const selection = selectionName(options)
  await using record = await openRecord(destination, {
    mode,
    formats,
    request,
    verifyFrames,
    selection,
    signal,
    onLockWait,
  })
  const job = createJob(options, { record, mask: layout.mask, telemetry, closed: parts.closed })
  const items = new Map<number, LaneItem>()
  const taking = new Set<Promise<void>>()
  const lanes = await openLanes(parts, job, {
    formats,
    onResult(result) {
      const item = items.get(result.id)
      if (item === undefined) return
      items.delete(result.id)
      telemetry.queue(-1)
      flushing.note(result.entries.length)
      const task = takeResult(job, item, result).finally(() => taking.delete(task))
      taking.add(task)
    },
    onFetched: (fetched) => takeFetched(job, fetched),
    onFailure: (failure) => job.end(failure),
  })
  const flushing: Flushing = createFlushing(job, lanes)
  lanes.prepare()
  try {
    await exportSelection({ parts, job, lanes, layout, items })
  } catch (error) {
    job.end(failureOf(error))
  }
  await lanes.settled()
  await Promise.all(taking)
  endIfRefused(job)
  await flushing.finish()
  await warn(job, job.warnings.rest())
  await lanes.close()
  if (lanes.hasLost) await removeUnfinished(job)
  await finishRecord(job)
  const seconds = (performance.now() - start) / 1000
  const { datastoreId } = options
  return await closeRecord(job, () =>
    summarize(job.counts, { datastoreId, startedAt, seconds, requests: requests(), ...job.ending() }),
  )
}

async function closeRecord(job: Job, summarized: () => JobSummary): Promise<ExportSummary> {
  try {
    return await job.record.close(summarized())
  } catch (error) {
    job.lose(recordNames.summary, error)
    return summarized()
  }
}

/** Removes what lost lanes were writing. */
async function removeUnfinished(job: Job): Promise<void> {
  try {
    await job.options.destination.removeUnfinished?.()
  } catch (error) {
    job.end(failureOf(error))
  }
}

interface Hand {
  readonly parts: JobParts
  readonly job: Job
  readonly lanes: Lanes
  readonly layout: Layout
  /** Items that were handed out and have no result. */
  readonly items: Map<number, LaneItem>
}

/** Hands instances out as lanes have room: this wait is what holds back the metadata and the search. */
async function exportSelection(hand: Hand): Promise<void> {
  const { parts, job, layout } = hand
  const { options, counts, record, signal } = job
  const walk = walkSelection(parts.client, {
    ...options,
    signal,
    onSelected: () => void (counts.imageSets.selected += 1),
    onLoaded({ instances, selected, versionId }) {
      job.access.grant('GetImageSetMetadata')
      countLoaded(counts, instances)
      job.telemetry.start({ imageSetId: selected.imageSetId, versionId }, instances.length)
    },
    onUnreadable: () => void (counts.imageSets.failed += 1),
    onSelectionOver: () => void (counts.isSelectionOver = true),
  })
  let lastId = 0
  for await (const walked of walk) {
    if (walked.kind === 'failure') await failSelected(job, walked)
    else if (walked.isDuplicate) skip(job, walked, undefined)
    else {
      const entry = instanceEntry(walked)
      const stem = record.claim(layout.path(dicomizeInstance(entry)), walked.key)
      const completed = record.completed(walked.key, stem)
      if (completed !== undefined) skip(job, walked, completed)
      else await handOut(hand, walked, { id: (lastId += 1), entry, stem })
    }
  }
}

async function handOut(
  { job, lanes, items }: Hand,
  { key, imageSet }: WalkedInstance,
  item: Pick<LaneItem, 'id' | 'entry' | 'stem'>,
): Promise<void> {
  const { losslessStorageFormat, isLatestVersion } = imageSet
  await warn(job, job.warnings.start(key))
  const whole: LaneItem = { ...item, key, losslessStorageFormat, isLatestVersion }
  items.set(item.id, whole)
  job.telemetry.queue(1)
  await lanes.hand(whole)
}

async function failSelected(job: Job, { error, item }: WalkedFailure): Promise<void> {
  if (job.signal.aborted) return
  const failure = { ...failureOf(error), isFatal: isFatalFailure({ error, item }) }
  await (failure.isOutage ? reportOutage(job, failure) : report(job, failure, item))
  notify(job)
}

function skip(job: Job, { key, entry }: WalkedInstance, completed: CompletedInstance | undefined): void {
  // An earlier run was permitted what this one needs no more.
  if (completed !== undefined)
    for (const operation of ['GetImageFrame', 'GetDICOMInstance']) job.access.grant(operation)
  job.telemetry.settle(key.imageSetId, 'skipped')
  countSkipped(job.counts, entry, completed)
  notify(job)
}
