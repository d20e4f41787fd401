import type { AhiClient } from '@ahi-dicom/ahi-client'
import type { FrameDecoder } from '@ahi-dicom/dicomizer'
import { isInstanceFormat, isSeriesFormat, type AnyFormat, type LaneModule } from '@ahi-dicom/export-files'
import { createLocalSources, instanceOptions, type LocalSourcesParts } from '../lane/local-sources.ts'
import type { ExporterClient } from '../selection/client.ts'
import type { Job } from './job.ts'
import type { LaneThreads } from './lane-threads.ts'
import type { LaneListener, Lanes } from './lanes.ts'
import { createLocalLanes } from './local-lanes.ts'
import { createThreadLanes } from './thread-lanes.ts'

/** Parts needed to open lanes. */
export interface LaneParts extends LocalSourcesParts {
  readonly client: ExporterClient
  readonly threads: LaneThreads
  /** The most lanes to start. */
  readonly laneCount: number
  /** How long one frame may take to decode, in milliseconds. */
  readonly decodeTimeoutMs: number
  /** The caller's decoder: an object, or a module that creates one in every lane. */
  readonly frameDecoder: FrameDecoder | LaneModule | undefined
}

/** Options of {@link openLanes}. */
export interface OpenLanesOptions extends LaneListener {
  readonly formats: readonly AnyFormat[]
}

/**
 * Opens lanes in separate threads. Opens one lane in this thread if some part is an object that other threads cannot
 * use.
 */
export async function openLanes(parts: LaneParts, job: Job, options: OpenLanesOptions): Promise<Lanes> {
  return openThreadLanes(parts, job, options) ?? openLocalLanes(parts, job, options)
}

function openThreadLanes(
  parts: LaneParts,
  { options, signal, starting }: Job,
  { formats, ...listener }: OpenLanesOptions,
): Lanes | undefined {
  const { client, laneCount, frameDecoder } = parts
  const { destination } = options
  const modules = formats.flatMap(({ lane }) => lane ?? [])
  const isDecoderModule = frameDecoder === undefined || 'module' in frameDecoder
  if (!isShareable(client) || destination.lane === undefined || !isDecoderModule) return undefined
  if (modules.length < formats.length) return undefined
  const connections = Math.ceil(parts.fetchConcurrency / laneCount)
  return createThreadLanes({
    ...listener,
    threads: parts.threads,
    count: laneCount,
    shareAccess: () => client.shareAccess({ connections }),
    decodeTimeoutMs: parts.decodeTimeoutMs,
    settings: {
      options: instanceOptions(options),
      formats: modules,
      destination: destination.lane,
      decoder: frameDecoder,
      memoryByteLength: Math.ceil(parts.maxBytesInFlight / laneCount),
      maxFrames: connections,
      instanceConcurrency: Math.ceil((options.instanceConcurrency ?? parts.fetchConcurrency) / laneCount),
    },
    signal,
    starting,
  })
}

function isShareable(client: ExporterClient): client is ExporterClient & Pick<AhiClient, 'shareAccess'> {
  return client.shareAccess !== undefined
}

async function openLocalLanes(
  parts: LaneParts,
  { options, signal, starting }: Job,
  { formats, ...listener }: OpenLanesOptions,
): Promise<Lanes> {
  const sources = await createLocalSources(parts, instanceOptions(options), listener.onFetched)
  const instanceConcurrency = options.instanceConcurrency ?? parts.fetchConcurrency
  return createLocalLanes({
    ...listener,
    lane: {
      ...sources,
      formats: formats.filter(isInstanceFormat),
      seriesFormats: formats.filter(isSeriesFormat),
      writer: options.destination,
    },
    instanceConcurrency,
    signal,
    starting,
  })
}
