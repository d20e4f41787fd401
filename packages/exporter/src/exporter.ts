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

/** Options of the client that an exporter makes for itself. */
type OwnClientOptions = Pick<
  AhiClientOptions,
  'credentials' | 'profile' | 'region' | 'endpoint' | 'documentLimits' | 'outageTimeoutMs' | 'onOutage'
>

/** Options of {@link createExporter}. */
export interface ExporterOptions extends OwnClientOptions {
  /** Reads from AHI. Left open by close(). Default: a client of the exporter's own. */
  readonly client?: ExporterClient | undefined
  /**
   * Decodes frames: a module that makes a decoder in every lane (it exports `createFrameDecoder(options)`), or an object,
   * with which exports run in the main thread. Left open by close(). Default: the decoder of `@ahi-dicom/htj2k-decoder`.
   */
  readonly frameDecoder?: FrameDecoder | LaneModule | undefined
  /**
   * Most frames that are requested at a time. Default 128, of which an `AhiClient` uses 64 and more of them if that brings
   * more frames: at 80 ms a request, 80 fill what AHI grants (1000 a second).
   */
  readonly fetchConcurrency?: number | undefined
  /** Most threads of one export, and most that decode for reading. Default: one for each core. */
  readonly lanes?: number | undefined
  /**
   * Bytes of memory for what grows with an export: half for frames, three eighths for metadata documents, an eighth for what
   * record and selection know of files and instances. A frame or a document that is larger than its share passes alone. The
   * runtime, the codecs and the code are not bounded by it. Default: a quarter of the machine or of its container, 1 GiB at
   * most.
   */
  readonly maxMemory?: number | undefined
  /**
   * Bytes of frames that exports may have fetched and decoded and not yet written. Default: 16 MiB for each lane, and at most
   * half of `maxMemory`.
   */
  readonly maxBytesInFlight?: number | undefined
  /** Longest time that one frame may take to decode, in milliseconds. Default 30 000, a thousand usual frames. */
  readonly decodeTimeoutMs?: number | undefined
  /** Module that lanes run. Default: the `./lane` export of this package; name it if that is bundled. */
  readonly laneUrl?: string | URL | undefined
}

/** Frames in flight in a lane by default: more memory makes no lane faster. */
const laneFrameBytes = 16 << 20

/** Which metadata document to read. */
export interface MetadataOptions {
  readonly datastoreId: string
  readonly imageSetId: string
  /** Default: the latest. */
  readonly versionId?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** Reads DICOM instances out of AWS HealthImaging, in memory or to a destination. */
export interface Exporter extends AsyncDisposable {
  /** Lists image sets by selectors and filters. */
  listImageSets(options: ListOptions): AsyncIterable<ImageSetSummary>
  /** Lists series with their image sets, by selectors and filters. */
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
  /**
   * Reads the volumes of selected series into memory: slices in their places, every frame verified, and the affine. One series
   * makes several volumes if its images differ; each has a name. Instances that are no images are left out.
   *
   * @throws {VolumeError} of `@ahi-dicom/volumes` if instances make no volume, unless `onFailure` takes it
   */
  loadVolume(options: LoadVolumeOptions): Promise<Volume[]>
  /**
   * Tells what {@link exportTo} would fetch, write and need, without fetching a frame. Reads every selected document; memory
   * does not depend on their number.
   */
  plan(options: PlanOptions): Promise<ExportPlan>
  /**
   * Makes a table of the selected instances, or of their series or studies, from metadata documents alone. Memory does not
   * depend on the number of rows. Write it by `encodeCsv`, `encodeNdjson` or `encodeParquet`.
   *
   * @throws {ColumnError} at once, if there is no such column
   */
  table(options: TableOptions): AsyncIterable<TableRow>
  /**
   * Makes small PNGs of the selected instances, or of their series, and fetches no more of each frame than that takes: HTJ2K
   * frames of AHI begin with their low resolutions. Other frames are fetched whole. A lower resolution is verified only if the
   * document lists its checksum, which those of 2023 do.
   */
  thumbnails(options: ThumbnailOptions): AsyncIterable<Thumbnail>
  /**
   * Exports to a destination. Items that fail are recorded and counted, and the rest goes on. Resolves with the summary
   * however the job ends; rejects only if the signal aborts before the destination is open, or that cannot be opened or
   * closed.
   */
  exportTo(options: ExportOptions): Promise<ExportSummary>
  /**
   * Brings a destination up to date: exports image sets that are new or have a newer version, and replaces those that are
   * there as a whole or not at all. For an image set that is recorded as a whole in its version, no metadata is requested.
   * Image sets that are gone from AHI are named, and removed if `deleteGone` is set. Resolves and rejects as
   * {@link exportTo} does; `summary.sync` counts image sets. A destination without an export gets all.
   */
  sync(options: SyncOptions): Promise<ExportSummary>
  /**
   * Selects image sets as an export does, in its order. Reads no documents but those of image sets that are named by their ids
   * and are not primary. Filters count as far as AHI's search and its summaries decide them. Memory does not depend on the number of image sets.
   */
  selectImageSets(options: SelectImageSetsOptions): AsyncIterable<SelectedVersion>
  /**
   * Opens an export that is told one by one what to export. Lanes and connections stay open in between. Rejects if the
   * destination cannot be opened.
   */
  openExport(options: OpenExportOptions): Promise<OpenExport>
  /** Ends what is under way and closes client and decoder, unless they were handed in. */
  close(): Promise<void>
}

/**
 * Makes an exporter. Nothing is read, and no thread started, before the first call.
 *
 * @throws {TypeError} for an option that cannot be
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

/** Returns the decoder that was handed in, or the pool that is closed with the exporter. */
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
