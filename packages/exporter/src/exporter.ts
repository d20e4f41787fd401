import { createAhiClient, createLimiter, type AhiClientOptions, type ImageSetSummary } from '@ahi-dicom/ahi-client'
import type { ImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import type { DicomInstance, FrameDecoder } from '@ahi-dicom/dicomizer'
import type { LaneModule } from '@ahi-dicom/export-files'
import { createDecoderPool } from '@ahi-dicom/htj2k-decoder'
import type { Volume } from '@ahi-dicom/volumes'
import { availableParallelism } from 'node:os'
import { ExporterClosedError } from './errors.ts'
import { runExport, runSync, type JobParts } from './job/export-job.ts'
import type { ExportOptions, SyncOptions } from './job/job.ts'
import { startOpenExport } from './job/open-export.ts'
import type { OpenExport, OpenExportOptions } from './job/open-export-options.ts'
import { createLaneThreads } from './job/lane-threads.ts'
import { defaultMaxMemory, memoryShares } from './memory/max-memory.ts'
import { loadLaneModule } from './lane/load-lane-module.ts'
import { createLocalSources, instanceOptions } from './lane/local-sources.ts'
import { loadVolumes, type LoadVolumeOptions } from './read/load-volumes.ts'
import {
  loadInstances,
  readInstances,
  selectImageSet,
  selectStudy,
  type ReadImageSetOptions,
  type ReadParts,
  type ReadStudyOptions,
} from './read/read-instances.ts'
import type { ExportPlan, PlanOptions } from './plan/export-plan.ts'
import { planExport, type PlanParts } from './plan/plan.ts'
import type { ExportSummary } from './record/summary.ts'
import type { ExporterClient } from './selection/client.ts'
import { listImageSets } from './selection/list-image-sets.ts'
import type { ListOptions } from './selection/load-listed.ts'
import { listSeries, type ListSeriesOptions, type SeriesSummary } from './selection/list-series.ts'
import { selectVersions, type SelectedVersion, type SelectImageSetsOptions } from './selection/selected-versions.ts'
import { readTable, type TableOptions } from './table/read-table.ts'
import type { TableRow } from './table/table-column.ts'
import { makeThumbnails } from './thumbnails/make-thumbnails.ts'
import type { Thumbnail, ThumbnailOptions } from './thumbnails/thumbnail.ts'

/** Options of the client that an exporter creates. */
type OwnClientOptions = Pick<
  AhiClientOptions,
  'credentials' | 'profile' | 'region' | 'endpoint' | 'documentLimits' | 'outageTimeoutMs' | 'onOutage'
>

/** Options of {@link createExporter}. */
export interface ExporterOptions extends OwnClientOptions {
  /** Reads from AHI. Not closed by close(). Default: a client that the exporter creates and closes. */
  readonly client?: ExporterClient | undefined
  /**
   * Decodes frames. Pass a module that creates a decoder in every lane (it exports `createFrameDecoder(options)`), or
   * an object. With an object, exports run in the main thread. Not closed by close(). Default: the decoder of
   * `@ahi-dicom/htj2k-decoder`.
   */
  readonly frameDecoder?: FrameDecoder | LaneModule | undefined
  /**
   * The most frames to request at a time. An `AhiClient` starts with 64, and uses more if that fetches more frames a
   * second. At 80 ms a request, 80 requests reach AHI's 1000 frames a second. Default 128.
   */
  readonly fetchConcurrency?: number | undefined
  /** The most threads of one export, and the most decoding threads for reading. Default: one for each core. */
  readonly lanes?: number | undefined
  /**
   * Memory in bytes for everything that grows with an export: a half for frames, three eighths for metadata documents,
   * and an eighth for the files and instances known to the record and the selection. A frame or a document larger than
   * its share is processed alone. The runtime, the codecs and the code are not included. Default: a quarter of the
   * machine's or its container's memory, at most 1 GiB.
   */
  readonly maxMemory?: number | undefined
  /**
   * The most bytes of frames that are fetched or decoded, and not written yet. Default: 16 MiB for each lane, at most
   * half of `maxMemory`.
   */
  readonly maxBytesInFlight?: number | undefined
  /** How long one frame may take to decode, in milliseconds. Default 30 000, the time of a thousand usual frames. */
  readonly decodeTimeoutMs?: number | undefined
  /** The module that lanes run. Default: the `./lane` export of this package. Set it if that module is bundled. */
  readonly laneUrl?: string | URL | undefined
}

/** The default memory for frames in one lane. More does not make a lane faster. */
const laneFrameBytes = 16 << 20

/** Options for reading a metadata document. */
export interface MetadataOptions {
  readonly datastoreId: string
  readonly imageSetId: string
  /** Default: the latest version. */
  readonly versionId?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** Reads DICOM instances out of AWS HealthImaging, in memory or to a destination. */
export interface Exporter extends AsyncDisposable {
  /** Lists image sets that match selectors and filters. */
  listImageSets(options: ListOptions): AsyncIterable<ImageSetSummary>
  /** Lists series that match selectors and filters, with their image sets. */
  listSeries(options: ListSeriesOptions): AsyncIterable<SeriesSummary>
  /** Reads the metadata document of one image set. */
  metadata(options: MetadataOptions): Promise<ImageSetMetadata>
  /** Yields the instances of one image set. Each fetches its frames when it is read. */
  dicomizeImageSet(options: ReadImageSetOptions): AsyncIterable<DicomInstance>
  /** Yields the instances of a study from all its image sets. Each fetches its frames when it is read. */
  dicomizeStudy(options: ReadStudyOptions): AsyncIterable<DicomInstance>
  /** Reads one image set into memory, with all frames decoded and verified. */
  loadImageSet(options: ReadImageSetOptions): Promise<DicomInstance[]>
  /** Reads a study into memory, with all frames decoded and verified. */
  loadStudy(options: ReadStudyOptions): Promise<DicomInstance[]>
  /**
   * Reads the volumes of selected series into memory: slices in their order, every frame verified, and the affine. If
   * the images of a series differ, it makes several named volumes. Instances without images are left out.
   *
   * @throws {VolumeError} of `@ahi-dicom/volumes` if instances do not form a volume, unless `onFailure` is set
   */
  loadVolume(options: LoadVolumeOptions): Promise<Volume[]>
  /**
   * Returns what {@link exportTo} would fetch, write and need, without fetching a frame. Reads every selected document.
   * Memory does not grow with their number.
   */
  plan(options: PlanOptions): Promise<ExportPlan>
  /**
   * Returns a table of the selected instances, or of their series or studies, from metadata documents only. Memory does
   * not grow with the number of rows. Write it with `encodeCsv`, `encodeNdjson` or `encodeParquet`.
   *
   * @throws {ColumnError} at the call, if a column does not exist
   */
  table(options: TableOptions): AsyncIterable<TableRow>
  /**
   * Makes small PNGs of the selected instances or series. Fetches only the first part of each frame that is needed:
   * AHI's HTJ2K frames start with their low resolutions. Other frames are fetched whole. A lower resolution is verified
   * only if the document lists its checksum; documents of 2023 do.
   */
  thumbnails(options: ThumbnailOptions): AsyncIterable<Thumbnail>
  /**
   * Exports to a destination. Failed items are recorded and counted, and the others continue. Resolves with the
   * summary, however the job ends. Rejects only if the signal aborts before the destination is open, or if the
   * destination cannot be opened or closed.
   */
  exportTo(options: ExportOptions): Promise<ExportSummary>
  /**
   * Updates a destination. Exports image sets that are new or have a newer version. An image set is replaced as a whole
   * or not at all. If its version is already recorded completely, no metadata is requested. Image sets that are gone
   * from AHI are reported, and removed if `deleteGone` is set. If the destination holds no export, everything is
   * exported. Resolves and rejects like {@link exportTo}; `summary.sync` counts image sets.
   */
  sync(options: SyncOptions): Promise<ExportSummary>
  /**
   * Selects image sets as an export does, in the same order. Filters apply only if AHI's search or the summaries can
   * decide them. Documents are read only for image sets that are named by their ids and not primary. Memory does not
   * grow with the number of image sets.
   */
  selectImageSets(options: SelectImageSetsOptions): AsyncIterable<SelectedVersion>
  /**
   * Opens an export that takes one image set after the other. Lanes and connections stay open in between. Rejects if
   * the destination cannot be opened.
   */
  openExport(options: OpenExportOptions): Promise<OpenExport>
  /** Aborts running calls, and closes the client and the decoder if the exporter created them. */
  close(): Promise<void>
}

/**
 * Creates an exporter. Reads nothing and starts no thread before the first call.
 *
 * @throws {TypeError} if an option is invalid
 * @example
 * import { createExporter } from '@ahi-dicom/exporter'
 *
 * await using exporter = createExporter({ region: 'us-east-1' })
 * for (const instance of await exporter.loadStudy({ datastoreId, studyInstanceUid })) {
 *   if (instance.frameCount > 0) console.log(instance.sopInstanceUid, await instance.frame(0))
 * }
 */
export function createExporter(options: ExporterOptions = {}): Exporter {
  const { fetchConcurrency = 128, lanes: laneCount = availableParallelism(), decodeTimeoutMs = 30_000 } = options
  const { maxMemory = defaultMaxMemory() } = options
  checkCount(maxMemory, 'maxMemory')
  const memory = memoryShares(maxMemory)
  const { maxBytesInFlight = Math.min(memory.frames, laneCount * laneFrameBytes) } = options
  checkCount(fetchConcurrency, 'fetchConcurrency')
  checkCount(maxBytesInFlight, 'maxBytesInFlight')
  checkCount(laneCount, 'lanes')
  checkCount(decodeTimeoutMs, 'decodeTimeoutMs')

  const closing = new AbortController()
  const own: { close(): Promise<void> }[] = []
  const client = options.client ?? owned(own, createAhiClient(clientOptions(options)))
  const laneUrl = String(options.laneUrl ?? import.meta.resolve('@ahi-dicom/exporter/lane'))
  const pool = once(() => owned(own, createDecoderPool({ threads: laneCount, timeoutMs: decodeTimeoutMs })))
  const parts: JobParts = {
    client,
    threads: owned(own, createLaneThreads(laneUrl)),
    laneCount,
    fetchConcurrency,
    maxBytesInFlight,
    memory,
    decodeTimeoutMs,
    frameDecoder: options.frameDecoder,
    decoder: once(() => decoderOf(options.frameDecoder, pool)),
    requests: createLimiter(fetchConcurrency),
    closed: closing.signal,
  }
  const reading: ReadParts = {
    client,
    sources: (written) => createLocalSources(parts, instanceOptions(written), () => {}),
    closed: closing.signal,
  }
  const planning: PlanParts = {
    ...reading,
    memory,
    sources: async (written) => {
      const lane = { ...parts, maxBytesInFlight: Math.ceil(maxBytesInFlight / laneCount) }
      return await createLocalSources(lane, instanceOptions(written), () => {})
    },
  }
  const running = new Set<Promise<unknown>>()

  /** Runs a job that close() waits for. */
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
    listImageSets: (request) => listImageSets(client, request, closing.signal),
    listSeries: (request) => listSeries(client, request, closing.signal),
    metadata: (request) => run(() => client.getImageSetMetadata(request)),
    dicomizeImageSet: (request) => readInstances(reading, selectImageSet(request)),
    dicomizeStudy: (request) => readInstances(reading, selectStudy(request)),
    loadImageSet: (request) => run(() => loadInstances(reading, selectImageSet(request))),
    loadStudy: (request) => run(() => loadInstances(reading, selectStudy(request))),
    loadVolume: (request) => run(() => loadVolumes(reading, request)),
    plan: (request) => run(() => planExport(planning, request)),
    thumbnails: (request) =>
      makeThumbnails(
        {
          ...reading,
          memory,
          requests: parts.requests,
          pool: () => (options.frameDecoder === undefined ? pool() : undefined),
        },
        request,
      ),
    table: (request) => readTable({ client, closed: closing.signal, memory }, request),
    selectImageSets: (request) => selectVersions(client, request, closing.signal),
    async openExport(request) {
      closing.signal.throwIfAborted()
      const { opened, over } = startOpenExport(parts, request)
      void run(() => over).catch(() => {})
      return await opened
    },
    exportTo: (request) => run(() => runExport(parts, request)),
    sync: (request) => run(() => runSync(parts, request)),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** Returns the caller's decoder, or the pool that is closed with the exporter. */
async function decoderOf(decoder: ExporterOptions['frameDecoder'], pool: () => FrameDecoder): Promise<FrameDecoder> {
  if (decoder === undefined) return pool()
  return 'module' in decoder ? await loadLaneModule<FrameDecoder>(decoder, 'createFrameDecoder') : decoder
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

function owned<T extends { close(): Promise<void> }>(own: { close(): Promise<void> }[], part: T): T {
  own.push(part)
  return part
}

function clientOptions(options: ExporterOptions): AhiClientOptions {
  const {
    fetchConcurrency: maxConnections,
    credentials,
    profile,
    region,
    endpoint,
    documentLimits,
    outageTimeoutMs,
    onOutage,
  } = options
  return { credentials, profile, region, endpoint, documentLimits, outageTimeoutMs, onOutage, maxConnections }
}

function checkCount(value: number, option: string): void {
  if (Number.isSafeInteger(value) && value >= 1) return
  throw new TypeError(`Expected the \`${option}\` option to be a whole number of at least 1, got \`${value}\``)
}
