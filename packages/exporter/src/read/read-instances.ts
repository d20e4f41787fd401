import type { DicomInstance } from '@ahi-dicom/dicomizer'
import { createLimiter, type Reservation } from '@ahi-dicom/ahi-client'
import type { ErrorEntry } from '@ahi-dicom/export-files'
import { errorEntry, failureOf, type FailedItem } from '../failure/failure.ts'
import type { InstanceOptions } from '../lane/lane-item.ts'
import { openInstance, type InstanceSources, type OpenInstance, type OpenOptions } from '../lane/open-instance.ts'
import type { ExporterClient } from '../selection/client.ts'
import { passOn } from '../selection/item-failure.ts'
import type { SelectionOptions } from '../selection/selection-options.ts'
import { walkedItem, walkSelection, type WalkedInstance } from '../selection/walk-selection.ts'

/** Parts needed to read instances. */
export interface ReadParts {
  readonly client: ExporterClient
  /** Creates the sources for opening instances. Starts no thread before a frame is decoded. */
  readonly sources: (options: InstanceOptions) => Promise<InstanceSources>
  /** Aborts when the exporter is closed. */
  readonly closed: AbortSignal
}

/** Options for reading instances. */
export interface ReadOptions extends Omit<InstanceOptions, 'dicomdir'> {
  readonly datastoreId: string
  readonly signal?: AbortSignal | undefined
  /**
   * Called for every image set and instance that cannot be read. It is then left out. Default: the first failure is
   * thrown.
   */
  readonly onFailure?: ((failure: ErrorEntry) => void) | undefined
}

/** Options for reading an image set. */
export interface ReadImageSetOptions extends ReadOptions {
  readonly imageSetId: string
  /** Default: the latest version. */
  readonly versionId?: string | undefined
}

/** Options for reading a study. */
export interface ReadStudyOptions extends ReadOptions, Pick<SelectionOptions, 'filters' | 'nonPrimary'> {
  readonly studyInstanceUid: string
  /** Read only this series. Default: all. */
  readonly seriesInstanceUid?: string | undefined
  /** Read only this instance. Default: all. */
  readonly sopInstanceUid?: string | undefined
}

/** Selectors, and options for reading the selected instances. */
export interface SelectedReadOptions extends ReadOptions, SelectionOptions {}

/** Returns the options that select one image set. */
export function selectImageSet({ imageSetId, versionId, ...options }: ReadImageSetOptions): SelectedReadOptions {
  return { ...options, selectors: [{ imageSetId, versionId }] }
}

/** Returns the options that select a study, series or instance. */
export function selectStudy(options: ReadStudyOptions): SelectedReadOptions {
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid, ...rest } = options
  return { ...rest, selectors: [{ studyInstanceUid, seriesInstanceUid, sopInstanceUid }] }
}

/** Yields the selected instances one by one. Their frames are fetched when an instance is read. */
export async function* readInstances(
  parts: ReadParts,
  options: SelectedReadOptions,
): AsyncGenerator<DicomInstance, void, undefined> {
  for await (const { instance } of openSelected(parts, options, 'never')) yield instance
}

async function* openSelected(
  parts: ReadParts,
  options: SelectedReadOptions,
  keepsFrames: OpenOptions['keepsFrames'],
): AsyncGenerator<OpenInstance, void, undefined> {
  const signal = options.signal === undefined ? parts.closed : AbortSignal.any([parts.closed, options.signal])
  const sources = await parts.sources(options)
  for await (const walked of walkSelection(parts.client, { ...options, signal })) {
    if (walked.kind === 'failure') passOn(walked, options.onFailure)
    else if (!walked.isDuplicate) yield* openWalked(sources, walked, { ...options, keepsFrames })
  }
}

/** Yields the instance. Yields nothing if it cannot be opened and `onFailure` takes the failure. */
function* openWalked(
  sources: InstanceSources,
  walked: WalkedInstance,
  { keepsFrames, onFailure }: ReadOptions & Pick<OpenOptions, 'keepsFrames'>,
): Generator<OpenInstance, void, undefined> {
  const item = { id: 0, ...walkedItem(walked) }
  let opened: OpenInstance | undefined
  try {
    opened = openInstance(sources, item, { isFallback: false, keepsFrames })
  } catch (error) {
    const { versionId: _, ...failed } = walked.key
    passOn({ error, item: failed }, onFailure)
  }
  if (opened !== undefined) yield opened
}

/** Reads the selected instances into memory. Every frame is fetched, decoded and verified before this resolves. */
export async function loadInstances(parts: ReadParts, options: SelectedReadOptions): Promise<DicomInstance[]> {
  const ended = new AbortController()
  const signal = AbortSignal.any([
    parts.closed,
    ended.signal,
    ...(options.signal === undefined ? [] : [options.signal]),
  ])
  const places = createLimiter(instancesAtATime)
  const loaded: (DicomInstance | undefined)[] = []
  const running: Promise<void>[] = []

  async function load({ instance, frameConcurrency }: OpenInstance, place: Reservation): Promise<void> {
    const index = loaded.push(undefined) - 1
    try {
      for await (const _ of instance.part10({ signal, frameConcurrency }));
      loaded[index] = instance
    } catch (error) {
      if (options.onFailure === undefined) ended.abort(error)
      else if (!signal.aborted) options.onFailure(errorEntry(failureOf(error), itemOf(instance)))
    }
    place.release()
  }

  try {
    for await (const opened of openSelected(parts, { ...options, signal }, 'always')) {
      running.push(load(opened, await places.reserve(1, { signal })))
    }
  } catch (error) {
    ended.abort(error)
  }
  await Promise.all(running)
  signal.throwIfAborted()
  return loaded.filter((instance) => instance !== undefined)
}

/** The number of instances to load at a time. Requests are limited separately. */
const instancesAtATime = 64

function itemOf(instance: DicomInstance): FailedItem {
  const { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid } = instance
  return { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid }
}
