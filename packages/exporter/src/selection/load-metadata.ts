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

/** An image set whose metadata is read. */
export interface LoadedImageSet {
  readonly kind: 'loaded'
  readonly selected: SelectedImageSet
  readonly versionId: string
  readonly metadata: ImageSetMetadata
  /** The instances that the selectors match, and those that `alsoWanted` adds. */
  readonly instances: readonly ImageSetInstance[]
  /** True if `alsoWanted` added instances that no selector matches. */
  readonly isWidened: boolean
  /** The format of frames whose transfer syntax the document does not name. */
  readonly losslessStorageFormat: LosslessStorageFormat
  /** True unless a later version is known. */
  readonly isLatestVersion: boolean
  /** Frees the memory of the document. Called once the consumer no longer needs it. */
  readonly release: () => void
}

/** An image set whose metadata could not be read. */
export interface UnreadableImageSet {
  readonly kind: 'unreadable'
  readonly imageSetId: string
  readonly error: unknown
}

/** A selector that matches no instance. */
export interface UnmetSelector {
  readonly kind: 'unmet-selector'
  readonly selector: Selector
  /** The number of image sets that matched but were left out by `nonPrimary`. */
  readonly leftOut: number
}

/** A result of selectors after the metadata was read. */
export type Loading =
  | LoadedImageSet
  | UnreadableImageSet
  | DoneImageSet
  | FailedSearch
  | MalformedSelector
  | UnmetSelector

/** An image set whose document is not read, because it is done or not needed. */
interface DoneImageSet {
  readonly kind: 'done'
  readonly selected: SelectedImageSet
  /** Undefined if the document is not needed. The version was then not requested. */
  readonly versionId: string | undefined
}

/** One version of an image set. */
export interface ImageSetVersion {
  readonly imageSetId: string
  readonly versionId: string
}

/** Options to leave out image sets before their documents are read. */
export interface SkipOptions {
  /** Returns false if the summary of an image set is enough. Default: every document is read. */
  readonly needsDocument?: ((selected: SelectedImageSet) => boolean) | undefined
  /** Returns true if this version of an image set is already done. Default: never. */
  readonly isDone?: ((imageSet: ImageSetVersion) => boolean) | undefined
  /**
   * Called for each image set left out because it is done, in the order of the selection. `onSelected` is called for it
   * too.
   */
  readonly onDone?: ((imageSet: ImageSetVersion) => void) | undefined
}

/** Adds instances of an image set to those selected. */
export interface WidenOptions {
  /** Returns a function that tells if an instance is wanted in addition, or undefined if none is. Default: none. */
  readonly alsoWanted?:
    | ((imageSet: ImageSetVersion) => Promise<((entry: ImageSetInstance) => boolean) | undefined>)
    | undefined
}

/**
 * The number of documents read ahead. With bounded memory: enough to use AHI's 50 requests a second, even while one is
 * retried. With unbounded memory: few, because documents may be large.
 */
const documentsAhead = { bounded: 32, unbounded: 2 }

/** Callbacks for image sets, ahead of the consumer, so that totals are known early. */
export interface LoadObserver {
  /** Called when an image set is selected, before its metadata is requested. */
  readonly onSelected?: (() => void) | undefined
  /** Called when its metadata is read. */
  readonly onLoaded?: ((loaded: LoadedImageSet) => void) | undefined
  /** Called when its metadata cannot be read. */
  readonly onUnreadable?: (() => void) | undefined
  /** Called when no more image sets will be selected. */
  readonly onSelectionOver?: (() => void) | undefined
  /** Limits the documents in memory. Default: two are read ahead, however large they are. */
  readonly documentMemory?: DocumentMemory | undefined
}

type LoadOptions = SelectionOptions & LoadObserver & SkipOptions & WidenOptions

type LoaderOptions = Omit<LoadOptions, 'selectors'>

/** Selects image sets and reads their metadata a little ahead of the consumer. Failures are yielded in order. */
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
      // Results come in order, so all image sets of the group are loaded by now.
      for (const unmet of selection.group.unmet()) yield { kind: 'unmet-selector', ...unmet }
    }
  }
}

function unsettled({ selector: { imageSetId }, error }: UnsettledImageSet): UnreadableImageSet {
  return { kind: 'unreadable', imageSetId, error }
}

type ImageSetLoading = LoadedImageSet | UnreadableImageSet | DoneImageSet

/** Returns a function that reads the metadata of a selected image set. Call `release` of each loaded image set. */
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
    // The consumer frees places in the order of the selection, so they must be reserved in the same order.
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

/** Counts the selectors of an image set that is not read as matched, because it may contain their instances. */
function assumeMet({ groups, summary }: SelectedImageSet): void {
  for (const group of groups) group.assumeMet(summary.seriesInstanceUid)
}

function isWanted(entry: ImageSetInstance, { groups, filters }: SelectedImageSet): boolean {
  // Asks every group, because each group notes which of its selectors matched.
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
