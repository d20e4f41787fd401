import { createAhiClient, type AhiClientOptions } from '@ahi-dicom/ahi-client'
import type { ImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import type { DecodedFrame, DicomInstance, FrameDecoder, InstanceSource } from '@ahi-dicom/dicomizer'
import { createDecoderPool } from '@ahi-dicom/htj2k-decoder'
import { createBudget } from './budget.ts'
import type { ExporterClient } from './client.ts'
import { ExporterClosedError } from './errors.ts'
import { runExport } from './export-job.ts'
import type { ExportOptions, JobParts } from './job.ts'
import { listSeries, type ListSeriesOptions, type SeriesSummary } from './list-series.ts'
import { planExport, type ExportPlan, type PlanOptions } from './plan.ts'
import {
  loadInstances,
  readInstances,
  selectImageSet,
  selectStudy,
  type ReadImageSetOptions,
  type ReadStudyOptions,
} from './read-instances.ts'
import type { ExportSummary } from './summary.ts'

/** Options of {@link createExporter}. */
export interface ExporterOptions extends Pick<AhiClientOptions, 'credentials' | 'profile' | 'region' | 'endpoint'> {
  /** Reads from AHI instead of a client of its own; it is left open by close(). */
  readonly client?: ExporterClient | undefined
  /** Decodes frames instead of a pool of its own; it is left open by close(). */
  readonly frameDecoder?: FrameDecoder | undefined
  /** Frames that are requested at a time. Default 64: at 50 ms a request that fills what AHI grants (1000 a second). */
  readonly fetchConcurrency?: number | undefined
  /** Threads that decode. Default: as the decoder pool has it, one for each core. */
  readonly decodeThreads?: number | undefined
  /**
   * Bytes of frames that exports may have fetched and decoded and not yet written. Default 64 MiB, enough for 64
   * slices of 512 x 512. A frame larger than that passes alone.
   */
  readonly maxBytesInFlight?: number | undefined
}

/** Which metadata document to read. */
export interface MetadataOptions {
  readonly datastoreId: string
  readonly imageSetId: string
  /** Default: the latest. */
  readonly versionId?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** Reads DICOM instances out of AWS HealthImaging, in memory or to a sink. */
export interface Exporter extends AsyncDisposable {
  /** Lists the series of a study with their image sets. */
  listSeries(options: ListSeriesOptions): AsyncIterable<SeriesSummary>
  /** Reads the metadata document of one image set. */
  metadata(options: MetadataOptions): Promise<ImageSetMetadata>
  /** Gives the instances of one image set; each fetches its frames when it is read. */
  dicomizeImageSet(options: ReadImageSetOptions): AsyncIterable<DicomInstance>
  /** Gives the instances of a study, out of all its image sets; each fetches its frames when it is read. */
  dicomizeStudy(options: ReadStudyOptions): AsyncIterable<DicomInstance>
  /** Reads one image set into memory: frames are there, decoded and verified. */
  loadImageSet(options: ReadImageSetOptions): Promise<DicomInstance[]>
  /** Reads a study into memory: frames are there, decoded and verified. */
  loadStudy(options: ReadStudyOptions): Promise<DicomInstance[]>
  /** Says what {@link exportTo} would export, without fetching a frame. */
  plan(options: PlanOptions): Promise<ExportPlan>
  /**
   * Exports to a sink. Items that fail are reported to the sink and counted, and the rest goes on. Resolves with the
   * summary however the job ends; rejects only where the signal has aborted already, or the sink cannot be opened or
   * closed.
   */
  exportTo(options: ExportOptions): Promise<ExportSummary>
  /** Ends what is under way and closes client and decoder, unless they were handed in. */
  close(): Promise<void>
}

/**
 * Makes an exporter. Nothing is read, and no thread started, before the first call.
 *
 * @throws TypeError for an option that cannot be.
 * @example
 * await using exporter = createExporter({ region: 'us-east-1' })
 * for (const instance of await exporter.loadStudy({ datastoreId, studyInstanceUid })) {
 *   console.log(instance.sopInstanceUid, await instance.frame(0))
 * }
 */
export function createExporter(options: ExporterOptions = {}): Exporter {
  const { fetchConcurrency = 64, maxBytesInFlight = 64 << 20 } = options
  checkCount(fetchConcurrency, 'fetchConcurrency')
  checkCount(maxBytesInFlight, 'maxBytesInFlight')
  if (options.decodeThreads !== undefined) checkCount(options.decodeThreads, 'decodeThreads')

  const closing = new AbortController()
  const own: { close(): Promise<void> }[] = []
  const client = options.client ?? owned(own, createAhiClient(clientOptions(options, fetchConcurrency)))
  const decoding: Decoding =
    options.frameDecoder === undefined ? poolOf(options, own) : { decoder: options.frameDecoder }
  const parts: JobParts = {
    client,
    frames: {
      source: client,
      decoder: decoding.decoder,
      releaseFrame: decoding.release,
      instances: instanceSource(client),
      requests: createBudget(fetchConcurrency),
    },
    prepareDecoding: decoding.prepare,
    memory: createBudget(maxBytesInFlight),
    closed: closing.signal,
  }
  const running = new Set<Promise<unknown>>()

  /** Keeps what close() has to wait for. */
  async function run<T>(job: () => Promise<T>): Promise<T> {
    closing.signal.throwIfAborted()
    const promise = job()
    running.add(promise)
    try {
      return await promise
    } finally {
      running.delete(promise)
    }
  }

  async function close(): Promise<void> {
    closing.abort(new ExporterClosedError())
    await Promise.allSettled(running)
    await Promise.all(own.map((part) => part.close()))
  }

  return {
    listSeries: (request) => listSeries(parts, request),
    metadata: (request) => run(() => client.getImageSetMetadata(request)),
    dicomizeImageSet: (request) => readInstances(parts, selectImageSet(request)),
    dicomizeStudy: (request) => readInstances(parts, selectStudy(request)),
    loadImageSet: (request) => run(() => loadInstances(parts, selectImageSet(request))),
    loadStudy: (request) => run(() => loadInstances(parts, selectStudy(request))),
    plan: (request) => run(() => planExport(parts, request)),
    exportTo: (request) => run(() => runExport(parts, request)),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** What decodes frames, and what a pool can do besides. */
interface Decoding {
  readonly decoder: FrameDecoder
  readonly prepare?: () => void
  readonly release?: (frame: DecodedFrame) => void
}

/** Starts a pool that is closed with the exporter. */
function poolOf({ decodeThreads }: ExporterOptions, own: { close(): Promise<void> }[]): Decoding {
  const pool = owned(own, createDecoderPool({ threads: decodeThreads }))
  return { decoder: pool, prepare: () => pool.prepare(), release: ({ pixels }) => pool.recycle(pixels) }
}

function instanceSource(client: ExporterClient): InstanceSource | undefined {
  const { getDICOMInstance } = client
  return getDICOMInstance && { getDICOMInstance: (request) => getDICOMInstance.call(client, request) }
}

function owned<T extends { close(): Promise<void> }>(own: { close(): Promise<void> }[], part: T): T {
  own.push(part)
  return part
}

function clientOptions(options: ExporterOptions, maxConnections: number): AhiClientOptions {
  const { credentials, profile, region, endpoint } = options
  return { credentials, profile, region, endpoint, maxConnections }
}

function checkCount(value: number, option: string): void {
  if (Number.isSafeInteger(value) && value >= 1) return
  throw new TypeError(`Expected the \`${option}\` option to be a whole number of at least 1, got \`${value}\``)
}
