import { AsyncLocalStorage } from 'node:async_hooks'
import { isSeriesFormat } from '@ahi-dicom/export-files'
import { ExportEndedError, type InstanceUids } from '../errors.ts'
import type { ExportSummary } from '../record/summary.ts'
import { describeJobSelection } from './describe-export.ts'
import { runJob, type JobParts } from './export-job.ts'
import { createCall, type Call } from './call.ts'
import { exportOne, type OneByOne } from './export-one.ts'
import type { Hand } from './hand.ts'
import { createDocumentMemory } from '../memory/document-memory.ts'
import { createImageSetLoader } from '../selection/load-metadata.ts'
import type { ExportedImageSet, ImageSetToExport, OpenExport, OpenExportOptions } from './open-export-options.ts'

/** An export that is being opened. */
export interface OpeningExport {
  /** Rejects if the destination cannot be opened. */
  readonly opened: Promise<OpenExport>
  /** Settles once the job is over, whatever ended it. */
  readonly over: Promise<ExportSummary>
}

/** Starts a job that gets its image sets from calls, one by one. */
export function startOpenExport(parts: JobParts, options: OpenExportOptions): OpeningExport {
  const { selection, ...job } = options
  const described = { described: undefined, name: undefined }
  const feeding = Promise.withResolvers<Feed>()
  const over = runJob(
    parts,
    { ...job, selection: selection === undefined ? described : describeJobSelection({ ...options, ...selection }) },
    {
      async feed(hand) {
        const feed = createFeed(hand)
        feeding.resolve(feed)
        await feed.over
      },
    },
  )
  over.catch(feeding.reject)
  return { opened: feeding.promise.then((feed) => openExportOf(feed, over)), over }
}

function openExportOf(feed: Feed, over: Promise<ExportSummary>): OpenExport {
  const close = async (): Promise<ExportSummary> => {
    feed.close()
    return await over
  }
  return {
    exportImageSet: (imageSet, { signal } = {}) => feed.exportImageSet(imageSet, signal),
    ended: settled(over),
    close,
    async [Symbol.asyncDispose]() {
      await close()
    },
  }
}

/** Hands out the image sets of calls. */
interface Feed {
  exportImageSet(imageSet: ImageSetToExport, signal: AbortSignal | undefined): Promise<ExportedImageSet>
  /** Accepts no more calls, and aborts those in progress. */
  close(): void
  /** Resolves once no more calls are accepted, and all have settled. */
  readonly over: Promise<void>
}

function createFeed(hand: Hand): Feed {
  const { client, memory, job } = hand
  const { datastoreId } = job.options
  const documentMemory = createDocumentMemory(memory.documents)
  const load = createImageSetLoader(client, { datastoreId, signal: job.starting, documentMemory })
  const one: OneByOne = { ...hand, load }
  const calls = new Set<Call>()
  const working = new Set<Promise<unknown>>()
  const closing = new AbortController()
  // Trace requests under the span of the job, not of the caller.
  const inJob = AsyncLocalStorage.snapshot()

  /** Returns the error that says why the export ended, with the instances left of an image set. */
  function ended(left?: readonly InstanceUids[]): ExportEndedError {
    const { fatal, isOutage } = job.ending()
    if (fatal !== undefined) return new ExportEndedError(fatal.message, { code: fatal.code, isOutage })
    if (closing.signal.aborted)
      return new ExportEndedError('the export is closed', { code: 'EXPORT_CLOSED', isOutage, left })
    return new ExportEndedError('the export was interrupted', { code: 'EXPORT_INTERRUPTED', isOutage, left })
  }

  /** Cuts all calls if the whole export has failed. Nothing they wait for will be durable. */
  function cutIfFatal(): void {
    if (isFatal()) for (const call of calls) call.cut(ended())
  }

  function isFatal(): boolean {
    return job.ending().fatal !== undefined
  }

  async function work(imageSet: ImageSetToExport, call: Call): Promise<ExportedImageSet> {
    try {
      const exported = await exportOne(one, imageSet, call)
      if (isFatal()) throw ended()
      return exported
    } catch (error) {
      throw job.starting.aborted && !call.signal.aborted ? ended() : error
    }
  }

  async function exportImageSet(
    imageSet: ImageSetToExport,
    signal: AbortSignal | undefined,
  ): Promise<ExportedImageSet> {
    signal?.throwIfAborted()
    checkRange(imageSet)
    checkWhole(imageSet, job.options)
    if (closing.signal.aborted || job.starting.aborted) throw ended()
    const call = createCall()
    const abandon = (): void => call.cut(signal?.reason)
    signal?.addEventListener('abort', abandon, { once: true })
    calls.add(call)
    const task = inJob(() => work(imageSet, call)).finally(() => {
      calls.delete(call)
      working.delete(task)
    })
    working.add(task)
    try {
      return await Promise.race([task, call.whenCut])
    } finally {
      signal?.removeEventListener('abort', abandon)
    }
  }

  async function run(): Promise<void> {
    job.signal.addEventListener('abort', cutIfFatal, { once: true })
    await aborted(AbortSignal.any([closing.signal, job.starting]))
    if (closing.signal.aborted && !job.starting.aborted) {
      if (calls.size > 0) job.interrupt()
      else job.counts.isSelectionOver = true
    }
    await hand.settled()
    // A stop drops instances that were not started. Waits for the written ones, so that errors can list the rest.
    if (calls.size > 0) await hand.flushing.durable()
    for (const call of calls) if (!call.isWritten) call.cut(ended(call.left?.()))
    while (working.size > 0) await Promise.allSettled(working)
    job.signal.removeEventListener('abort', cutIfFatal)
  }

  return { exportImageSet, close: () => closing.abort(), over: run() }
}

function checkRange({ range }: ImageSetToExport): void {
  if (range === undefined) return
  const { start, end } = range
  if ([start, end].every(Number.isSafeInteger) && start >= 0 && end >= start) return
  throw new TypeError(`Expected a range of whole numbers with 0 <= start <= end, got \`${start}\` to \`${end}\``)
}

/** Throws for a part of an image set if there are series formats: a series file needs all instances of its series. */
function checkWhole(
  { range, instances }: ImageSetToExport,
  { formats = [] }: Pick<OpenExportOptions, 'formats'>,
): void {
  const format = formats.find(isSeriesFormat)
  if (format === undefined || (range === undefined && instances === undefined)) return
  throw new TypeError(
    `Expected a whole image set, without \`range\` or \`instances\`: the format \`${format.name}\` makes files of whole series`,
  )
}

async function settled(over: Promise<unknown>): Promise<void> {
  await Promise.allSettled([over])
}

async function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => resolve(), { once: true })
  if (!signal.aborted) await promise
}
