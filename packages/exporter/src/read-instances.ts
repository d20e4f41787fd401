import type { DicomInstance } from '@ahi-dicom/dicomizer'
import { createBudget, type Reservation } from './budget.ts'
import { describeFailure, type FailedItem } from './failure.ts'
import type { KeepFrames } from './frame-memory.ts'
import type { JobParts } from './job.ts'
import { passOn } from './item-failure.ts'
import { largestShare, openInstance, type InstanceOptions, type OpenInstance } from './open-instance.ts'
import type { Selectors } from './selector.ts'
import type { ErrorEntry } from './sink.ts'
import { instanceEntry, walkSelection, type WalkedInstance } from './walk-selection.ts'

/** What instances of an image set or a study are read with. */
export interface ReadOptions extends InstanceOptions {
  readonly datastoreId: string
  readonly signal?: AbortSignal | undefined
  /**
   * Told of every image set and instance that cannot be read, which is left out. Default: the first one ends the
   * reading with its error.
   */
  readonly onFailure?: ((failure: ErrorEntry) => void) | undefined
}

/** Which image set to read. */
export interface ReadImageSetOptions extends ReadOptions {
  readonly imageSetId: string
  /** Default: the latest. */
  readonly versionId?: string | undefined
}

/** Which study to read. */
export interface ReadStudyOptions extends ReadOptions {
  readonly studyInstanceUid: string
  /** Only this series. Default: all. */
  readonly seriesInstanceUid?: string | undefined
  /** Only this instance. Default: all. */
  readonly sopInstanceUid?: string | undefined
  /** Also image sets that are not primary; their duplicates of primary instances are left out. Default false. */
  readonly includeNonPrimary?: boolean | undefined
}

/** Selectors and how to read what they name. */
export interface SelectedReadOptions extends ReadOptions {
  readonly selectors: Selectors
  readonly includeNonPrimary?: boolean | undefined
  readonly keepFrames?: KeepFrames | undefined
}

/** The selector of one image set. */
export function selectImageSet({ imageSetId, versionId, ...options }: ReadImageSetOptions): SelectedReadOptions {
  return { ...options, selectors: [{ imageSetId, versionId }] }
}

/** The selector of a study. */
export function selectStudy(options: ReadStudyOptions): SelectedReadOptions {
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid, ...rest } = options
  return { ...rest, selectors: [{ studyInstanceUid, seriesInstanceUid, sopInstanceUid }] }
}

/** Gives the selected instances one after the other. Their frames are fetched when an instance is read. */
export async function* readInstances(
  parts: JobParts,
  options: SelectedReadOptions,
): AsyncGenerator<DicomInstance, void, undefined> {
  const signal = options.signal === undefined ? parts.closed : AbortSignal.any([parts.closed, options.signal])
  for await (const walked of walkSelection(parts.client, { ...options, signal })) {
    if (walked.kind === 'failure') passOn(walked, options.onFailure)
    else if (!walked.isDuplicate) yield* openToRead(parts, walked, options)
  }
}

/** Gives the instance, or nothing where it cannot be opened and someone takes the reason. */
function* openToRead(
  parts: JobParts,
  walked: WalkedInstance,
  options: SelectedReadOptions,
): Generator<DicomInstance, void, undefined> {
  const limits = { maxBytes: parts.memory.limit * largestShare, maxFrames: parts.frames.requests.limit }
  let opened: OpenInstance | undefined
  try {
    opened = openInstance(parts.frames, instanceEntry(walked), { ...options, ...limits })
  } catch (error) {
    const { versionId: _, ...item } = walked.key
    passOn({ error, item }, options.onFailure)
  }
  if (opened !== undefined) yield opened.instance
}

/** Reads the selected instances into memory: every frame is fetched, decoded and verified before this resolves. */
export async function loadInstances(parts: JobParts, options: SelectedReadOptions): Promise<DicomInstance[]> {
  const ended = new AbortController()
  const signal = AbortSignal.any([
    parts.closed,
    ended.signal,
    ...(options.signal === undefined ? [] : [options.signal]),
  ])
  const places = createBudget(parts.frames.requests.limit)
  const loaded: (DicomInstance | undefined)[] = []
  const running: Promise<void>[] = []

  async function load(instance: DicomInstance, place: Reservation): Promise<void> {
    const index = loaded.push(undefined) - 1
    try {
      for await (const _ of instance.part10({ signal }));
      loaded[index] = instance
    } catch (error) {
      if (options.onFailure === undefined) ended.abort(error)
      else if (!signal.aborted) options.onFailure(describeFailure(error, itemOf(instance)))
    }
    place.release()
  }

  try {
    for await (const instance of readInstances(parts, { ...options, signal, keepFrames: 'always' })) {
      running.push(load(instance, await places.reserve(1, { signal })))
    }
  } catch (error) {
    ended.abort(error)
  }
  await Promise.all(running)
  signal.throwIfAborted()
  return loaded.filter((instance) => instance !== undefined)
}

function itemOf(instance: DicomInstance): FailedItem {
  const { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid } = instance
  return { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid }
}
