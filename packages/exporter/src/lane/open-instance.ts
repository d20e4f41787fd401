import { dicomizeInstance, type DicomInstance } from '@ahi-dicom/dicomizer'
import type { InstanceKey } from '@ahi-dicom/export-files'
import { WholeInstanceError } from '../errors.ts'
import { frameConcurrency } from './frame-concurrency.ts'
import { keepFrames, keepWholeInstances } from './keep-frames.ts'
import { createLaneInstanceSource, type LaneInstanceSource } from './lane-instance-source.ts'
import type { InstanceItem } from './lane-item.ts'
import type { Lane } from './lane.ts'
import { countedReader, createReceived, type Received } from './received.ts'

/** What instances are opened with. */
export type InstanceSources = Pick<
  Lane,
  'options' | 'readerOf' | 'instanceSource' | 'memory' | 'maxFrames' | 'onFetched'
>

/** What {@link openInstance} needs of an item. */
export interface ItemToOpen extends Pick<InstanceItem, 'id' | 'entry' | 'losslessStorageFormat' | 'isLatestVersion'> {
  readonly key: Pick<InstanceKey, 'imageSetId'>
}

/** Options of {@link openInstance}. */
export interface OpenOptions {
  /** Whether the whole instance is opened because its frames have failed. */
  readonly isFallback: boolean
  /** Whether frames that were read stay in memory. `within-limit`: if all of them have room. */
  readonly keepsFrames: 'always' | 'within-limit' | 'never'
  /** Counts what comes. Default: a count of its own. */
  readonly received?: Received | undefined
}

/** An instance that fetches its frames when it is read. */
export interface OpenInstance {
  readonly instance: DicomInstance
  /** Frames in flight while it is read. */
  readonly frameConcurrency: number
  /** The most bytes of frames that are in memory at a time. */
  readonly heldByteLength: number
  /** Whether there is a whole instance to turn to if its frames cannot serve. */
  readonly hasWholeInstance: boolean
  readonly received: Received
  /** Gives kept frames back, and ends what is still under way. */
  close(): void
}

/** Of the memory of a lane, what one instance may take for its frames: two keep each other's gaps filled. */
const largestShare = 0.5

/** Returns how many bytes of frames one instance, or one series, may have in memory. */
export function shareOfInstance({ memory }: Pick<InstanceSources, 'memory'>): number {
  return memory.limit * largestShare
}

/**
 * Makes the DICOM instance of an item. Nothing is fetched.
 *
 * @throws {WholeInstanceError} if the whole instance is asked for and cannot be had
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
    : 'AHI gives them of the latest version alone, and another one is selected; export that from its frames'
  return new WholeInstanceError(imageSetId, why)
}
