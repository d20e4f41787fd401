import { dicomizeInstance, type DicomInstance } from '@ahi-dicom/dicomizer'
import type { InstanceKey } from '@ahi-dicom/export-files'
import { WholeInstanceError } from '../errors.ts'
import { frameConcurrency } from './frame-concurrency.ts'
import { keepFrames, keepWholeInstances } from './keep-frames.ts'
import { createLaneInstanceSource, type LaneInstanceSource } from './lane-instance-source.ts'
import type { InstanceItem } from './lane-item.ts'
import type { Lane } from './lane.ts'
import { countedReader, createReceived, type Received } from './received.ts'

/** The parts of a lane needed to open instances. */
export type InstanceSources = Pick<
  Lane,
  'options' | 'readerOf' | 'instanceSource' | 'memory' | 'maxFrames' | 'onFetched'
>

/** The members of an item that {@link openInstance} needs. */
export interface ItemToOpen extends Pick<InstanceItem, 'id' | 'entry' | 'losslessStorageFormat' | 'isLatestVersion'> {
  readonly key: Pick<InstanceKey, 'imageSetId'>
}

/** Options of {@link openInstance}. */
export interface OpenOptions {
  /** True if the whole instance is opened because its frames failed. */
  readonly isFallback: boolean
  /** Whether frames stay in memory after they were read. `within-limit`: only if all frames of the instance fit. */
  readonly keepsFrames: 'always' | 'within-limit' | 'never'
  /** Counts received data. Default: a new counter. */
  readonly received?: Received | undefined
}

/** An open instance. It fetches its frames when it is read. */
export interface OpenInstance {
  readonly instance: DicomInstance
  /** The number of frames in flight while it is read. */
  readonly frameConcurrency: number
  /** The most bytes of frames in memory at a time. */
  readonly heldByteLength: number
  /** True if the whole instance is available as a fallback for its frames. */
  readonly hasWholeInstance: boolean
  readonly received: Received
  /** Releases kept frames and aborts unfinished requests. */
  close(): void
}

/**
 * The share of a lane's memory that one instance may use. With two instances in a lane, one works while the other
 * waits.
 */
const largestShare = 0.5

/** Returns how many bytes of frames one instance or one series may hold in memory. */
export function shareOfInstance({ memory }: Pick<InstanceSources, 'memory'>): number {
  return memory.limit * largestShare
}

/**
 * Opens the instance of an item. Fetches nothing.
 *
 * @throws {WholeInstanceError} if the whole instance is requested and not available
 */
export function openInstance(
  sources: InstanceSources,
  item: ItemToOpen,
  { isFallback, keepsFrames, received = createReceived(sources.onFetched) }: OpenOptions,
): OpenInstance {
  const { options } = sources
  const source = isFallback ? 'instance' : options.source
  const whole = wholeInstances(sources, item, received)
  if (source === 'instance' && options.headerOnly !== true && whole === undefined) throw unavailable(item)
  const reader = countedReader(sources.readerOf(item.id), received)
  const { entry, losslessStorageFormat } = item
  const settings = { ...options, source, losslessStorageFormat }
  const instance = dicomizeInstance(entry, { ...settings, frameReader: reader, instanceSource: whole })
  const maxBytes = shareOfInstance(sources)
  const concurrency = frameConcurrency(instance, { maxBytes, maxFrames: sources.maxFrames })
  const { heldByteLength, isStreamed } = instance.describe({ frameConcurrency: concurrency })
  const hasWholeInstance = instance.source === 'frames' && whole !== undefined
  const opened = { received, hasWholeInstance, frameConcurrency: concurrency }
  const close = (): void => whole?.close()
  const keptByteLength = heldByteLength + framesByteLength(instance)
  const isKept = keepsFrames === 'always' || (keepsFrames === 'within-limit' && keptByteLength <= maxBytes)
  if (!isKept || (isStreamed && keepsFrames !== 'always')) return { ...opened, instance, heldByteLength, close }
  const keeping = keepFrames(reader)
  const kept = { frameReader: keeping, instanceSource: whole && keepWholeInstances(whole) }
  return {
    ...opened,
    instance: dicomizeInstance(entry, { ...settings, ...kept }),
    heldByteLength: keptByteLength,
    close() {
      keeping.release()
      close()
    },
  }
}

function framesByteLength(instance: DicomInstance): number {
  const { frameCount, frameByteLength, storedFrameByteLength } = instance.describe()
  return frameCount * (frameByteLength + storedFrameByteLength)
}

function wholeInstances(
  { instanceSource, options }: InstanceSources,
  { entry, isLatestVersion }: ItemToOpen,
  received: Received,
): LaneInstanceSource | undefined {
  if (instanceSource === undefined || !isLatestVersion) return undefined
  const isRequired = options.source === 'instance'
  return createLaneInstanceSource(instanceSource, { instance: entry.instance, received, isRequired })
}

function unavailable({ key: { imageSetId }, isLatestVersion }: ItemToOpen): WholeInstanceError {
  const why = isLatestVersion
    ? 'the client has no `getDICOMInstance`'
    : 'AHI provides whole instances only of the latest version, and an older one is selected; export it from its frames'
  return new WholeInstanceError(imageSetId, why)
}
