import { imageSetInstances, type ImageSetInstance, type ImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import type { LosslessStorageFormat } from '@ahi-dicom/dicomizer'
import { readAhead } from '@ahi-dicom/export-files'
import { failureOf } from '../failure/failure.ts'
import type { DocumentMemory, DocumentPlace } from '../memory/document-memory.ts'
import type { ExporterClient } from './client.ts'
import { latestVersion } from './latest-version.ts'
import { losslessFormat } from './lossless-format.ts'
import { selectImageSets } from './select-image-sets.ts'
import type { FailedSearch, MalformedSelector, SelectedImageSet, Selection, UnsettledImageSet } from './selection.ts'
import type { SelectionOptions } from './selection-options.ts'
import type { Selector } from './selector.ts'

/** An image set whose metadata is there. */
export interface LoadedImageSet {
  readonly kind: 'loaded'
  readonly selected: SelectedImageSet
  readonly versionId: string
  readonly metadata: ImageSetMetadata
  /** The instances that the selector wants, and those that are wanted as well. */
  readonly instances: readonly ImageSetInstance[]
  /** Whether it has instances that no selector wants. */
  readonly isWidened: boolean
  /** How frames are stored whose syntax the document does not name. */
  readonly losslessStorageFormat: LosslessStorageFormat
  /** Whether no later version is known. */
  readonly isLatestVersion: boolean
  /** Called once the consumer has gone on: the document is of no more use. */
  readonly release: () => void
}

/** An image set whose metadata could not be had. */
export interface UnreadableImageSet {
  readonly kind: 'unreadable'
  readonly imageSetId: string
  readonly error: unknown
}

/** A selector that leads to no instance. */
export interface UnmetSelector {
  readonly kind: 'unmet-selector'
  readonly selector: Selector
  /** Image sets that were found and left out by `nonPrimary`. */
  readonly leftOut: number
}

/** What comes of selectors once the metadata is read. */
export type Loading =
  | LoadedImageSet
  | UnreadableImageSet
  | DoneImageSet
  | FailedSearch
  | MalformedSelector
  | UnmetSelector

/** An image set whose document is not read since it is done, or needs none. */
interface DoneImageSet {
  readonly kind: 'done'
  readonly selected: SelectedImageSet
  /** Undefined if the document is not needed: the version was not asked for. */
  readonly versionId: string | undefined
}

/** One version of an image set. */
export interface ImageSetVersion {
  readonly imageSetId: string
  readonly versionId: string
}

/** Which image sets are left out before their documents are read. */
export interface SkipOptions {
  /** Returns false for an image set of which what AHI told is enough. Default: each document is read. */
  readonly needsDocument?: ((selected: SelectedImageSet) => boolean) | undefined
  /** Returns whether nothing is left to do for this version of an image set. Default: something is. */
  readonly isDone?: ((imageSet: ImageSetVersion) => boolean) | undefined
  /**
   * Told of each image set that is left out since it is done, in its place among those that are not. `onSelected` is told
   * of it, too.
   */
  readonly onDone?: ((imageSet: ImageSetVersion) => void) | undefined
}

/** Tells which instances of an image set are wanted beside those that are selected. */
export interface WidenOptions {
  /** Returns what tells it; undefined if there are none. Default: there are none. */
  readonly alsoWanted?:
    | ((imageSet: ImageSetVersion) => Promise<((entry: ImageSetInstance) => boolean) | undefined>)
    | undefined
}

/**
 * Documents that are read while one is worked on. Where their memory is bounded: as many as keep AHI's 50 a second busy, and
 * do not wait while one of them is asked for again. Otherwise few, however large they are.
 */
const documentsAhead = { bounded: 32, unbounded: 2 }

/** Told of image sets ahead of the consumer, so that totals are known early. */
export interface LoadObserver {
  /** An image set is selected, and its metadata asked for. */
  readonly onSelected?: (() => void) | undefined
  /** Its metadata is there. */
  readonly onLoaded?: ((loaded: LoadedImageSet) => void) | undefined
  /** Its metadata cannot be had. */
  readonly onUnreadable?: (() => void) | undefined
  /** No more image sets will be selected. */
  readonly onSelectionOver?: (() => void) | undefined
  /** Bounds the documents in memory. Default: two are read ahead, however large they are. */
  readonly documentMemory?: DocumentMemory | undefined
}

type LoadOptions = SelectionOptions & LoadObserver & SkipOptions & WidenOptions

type LoaderOptions = Omit<LoadOptions, 'selectors'>

/** Selects image sets and reads their metadata a little ahead of the consumer. Failures are yielded in their place. */
export async function* loadSelectedImageSets(
  client: ExporterClient,
  options: LoadOptions,
): AsyncGenerator<Loading, void, undefined> {
  const load = createImageSetLoader(client, options)
  const ahead = options.documentMemory === undefined ? documentsAhead.unbounded : documentsAhead.bounded
  const selections = readAhead(observedSelection(client, options), ahead, async (selection) =>
    selection.kind === 'image-set' ? await load(selection) : selection,
  )
  for await (const selection of selections) {
    if (selection.kind === 'done') {
      const { selected, versionId } = selection
      if (versionId !== undefined) options.onDone?.({ imageSetId: selected.imageSetId, versionId })
    }
    if (selection.kind === 'unsettled') yield unsettled(selection)
    else if (selection.kind !== 'finished-group') {
      yield selection
      if (selection.kind === 'loaded') selection.release()
    } else {
      // All image sets of the group have been loaded by now, because their results come in order.
      for (const unmet of selection.group.unmet()) yield { kind: 'unmet-selector', ...unmet }
    }
  }
}

function unsettled({ selector: { imageSetId }, error }: UnsettledImageSet): UnreadableImageSet {
  return { kind: 'unreadable', imageSetId, error }
}

type ImageSetLoading = LoadedImageSet | UnreadableImageSet | DoneImageSet

/** Returns what reads the metadata of selected image sets. Call `release` of what it has loaded. */
export function createImageSetLoader(
  client: ExporterClient,
  options: LoaderOptions & { readonly [Name in keyof SkipOptions]?: undefined },
): (selected: SelectedImageSet) => Promise<LoadedImageSet | UnreadableImageSet>
export function createImageSetLoader(
  client: ExporterClient,
  options: LoaderOptions,
): (selected: SelectedImageSet) => Promise<ImageSetLoading>
export function createImageSetLoader(
  client: ExporterClient,
  options: LoaderOptions,
): (selected: SelectedImageSet) => Promise<ImageSetLoading> {
  const { datastoreId, signal, needsDocument, isDone, alsoWanted, onLoaded, onUnreadable } = options
  const formatOf = losslessFormat(client, options)
  const isLatest = latestVersion(client, options)

  async function load(selected: SelectedImageSet, place: DocumentPlace | undefined): Promise<ImageSetLoading> {
    if (needsDocument?.(selected) === false) {
      assumeMet(selected)
      return { kind: 'done', selected, versionId: undefined }
    }
    const { imageSetId } = selected
    const versionId =
      selected.summary.versionId ?? (await client.getImageSet({ datastoreId, imageSetId, signal })).versionId
    if (isDone?.({ imageSetId, versionId }) === true) {
      assumeMet(selected)
      return { kind: 'done', selected, versionId }
    }
    const metadata = await client.getImageSetMetadata({ datastoreId, imageSetId, versionId, signal })
    place?.fit(metadata)
    const all = Array.from(imageSetInstances(metadata))
    const wanted = new Set(all.filter((entry) => isWanted(entry, selected)))
    const isWantedToo = await alsoWanted?.({ imageSetId, versionId })
    const instances = all.filter((entry) => wanted.has(entry) || isWantedToo?.(entry) === true)
    const isWidened = instances.length > wanted.size
    const losslessStorageFormat = await formatOf(instances)
    const isLatestVersion = await isLatest(selected)
    const release = (): void => place?.release()
    const content = { versionId, metadata, instances, isWidened, losslessStorageFormat, isLatestVersion, release }
    const loaded: LoadedImageSet = { kind: 'loaded', selected, ...content }
    onLoaded?.(loaded)
    return loaded
  }

  return async (selected) => {
    // The consumer frees places in the order of the selection, so they have to be taken in it.
    const place = await options.documentMemory?.reserve(signal)
    try {
      const loading = await load(selected, place)
      if (loading.kind !== 'loaded') place?.release()
      return loading
    } catch (error) {
      place?.release()
      signal?.throwIfAborted()
      assumeMet(selected)
      if (!failureOf(error).isOutage) onUnreadable?.()
      return { kind: 'unreadable', imageSetId: selected.imageSetId, error }
    }
  }
}

/** What an image set has that is not read is not known: its selectors may lead to instances. */
function assumeMet({ groups, summary }: SelectedImageSet): void {
  for (const group of groups) group.assumeMet(summary.seriesInstanceUid)
}

function isWanted(entry: ImageSetInstance, { groups, filters }: SelectedImageSet): boolean {
  // Each group notes what it wants.
  const wanting = groups.filter((group) => group.isWanted(entry))
  if (groups.length > 0 && wanting.length === 0) return false
  return filters.every((filter) => filter.matches(entry))
}

async function* observedSelection(
  client: ExporterClient,
  options: SelectionOptions & LoadObserver,
): AsyncGenerator<Selection, void, undefined> {
  for await (const selection of selectImageSets(client, options)) {
    if (selection.kind === 'image-set' || selection.kind === 'unsettled') options.onSelected?.()
    if (selection.kind === 'unsettled' && !failureOf(selection.error).isOutage) options.onUnreadable?.()
    yield selection
  }
  options.onSelectionOver?.()
}
