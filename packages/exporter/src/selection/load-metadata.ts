import { imageSetInstances, type ImageSetInstance, type ImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import type { LosslessStorageFormat } from '@ahi-dicom/dicomizer'
import { readAhead } from '@ahi-dicom/export-files'
import { failureOf } from '../failure/failure.ts'
import type { ExporterClient } from './client.ts'
import { latestVersion } from './latest-version.ts'
import { losslessFormat } from './lossless-format.ts'
import {
  selectImageSets,
  type FailedSearch,
  type SelectedImageSet,
  type Selection,
  type SelectionOptions,
  type UnmetSelector,
} from './select-image-sets.ts'

/** An image set whose metadata is there. */
export interface LoadedImageSet {
  readonly kind: 'loaded'
  readonly selected: SelectedImageSet
  readonly versionId: string
  readonly metadata: ImageSetMetadata
  /** The instances that the selector wants. */
  readonly instances: readonly ImageSetInstance[]
  /** How frames are stored whose syntax the document does not name. */
  readonly losslessStorageFormat: LosslessStorageFormat
  /** Whether no later version is known. */
  readonly isLatestVersion: boolean
}

/** An image set whose metadata could not be had. */
interface UnreadableImageSet {
  readonly kind: 'unreadable'
  readonly selected: SelectedImageSet
  readonly error: unknown
}

/** What comes of selectors once the metadata is read. */
export type Loading = LoadedImageSet | UnreadableImageSet | DoneImageSet | FailedSearch | UnmetSelector

/** An image set that is not read since nothing is left to do for it. */
interface DoneImageSet {
  readonly kind: 'done'
  readonly selected: SelectedImageSet
}

/** One version of an image set. */
export interface ImageSetVersion {
  readonly imageSetId: string
  readonly versionId: string
}

/** Which image sets are left out before their documents are read. */
export interface SkipOptions {
  /** Returns whether nothing is left to do for this version of an image set. Default: something is. */
  readonly isDone?: ((imageSet: ImageSetVersion) => boolean) | undefined
  /** Told of each image set that is left out since it is done. `onSelected` is told of it, too. */
  readonly onDone?: ((imageSet: ImageSetVersion) => void) | undefined
}

/** Documents may have 50 MB, some 300 MB once parsed: two wait while the third is worked on. */
const documentsAhead = 2

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
}

/** Selects image sets and reads their metadata a little ahead of the consumer. Failures are yielded in their place. */
export function loadSelectedImageSets(
  client: ExporterClient,
  options: SelectionOptions & LoadObserver & SkipOptions,
): AsyncGenerator<Loading, void, undefined> {
  const read = rememberLastRead(client, options)
  const formatOf = losslessFormat(client, options)
  const isLatest = latestVersion(client, options)
  const settle = settleVersion(client, options)
  return readAhead(observedSelection(client, options), documentsAhead, async (selection): Promise<Loading> => {
    if (selection.kind !== 'image-set') return selection
    try {
      const { selected, versionId } = await settle(selection)
      const { imageSetId } = selected
      if (options.isDone?.({ imageSetId, versionId }) === true) {
        options.onDone?.({ imageSetId, versionId })
        return { kind: 'done', selected }
      }
      const metadata = await read({ imageSetId, versionId })
      const instances = Array.from(imageSetInstances(metadata)).filter((entry) => isWanted(entry, selected))
      const losslessStorageFormat = await formatOf(instances)
      const isLatestVersion = await isLatest(selected)
      const content = { versionId, metadata, instances, losslessStorageFormat, isLatestVersion }
      const loaded: LoadedImageSet = { kind: 'loaded', selected, ...content }
      options.onLoaded?.(loaded)
      return loaded
    } catch (error) {
      options.signal?.throwIfAborted()
      if (!failureOf(error).isOutage) options.onUnreadable?.()
      return { kind: 'unreadable', selected: selection, error }
    }
  })
}

async function* observedSelection(
  client: ExporterClient,
  options: SelectionOptions & LoadObserver,
): AsyncGenerator<Selection, void, undefined> {
  for await (const selection of selectImageSets(client, options)) {
    if (selection.kind === 'image-set') options.onSelected?.()
    yield selection
  }
  options.onSelectionOver?.()
}

function isWanted(entry: ImageSetInstance, { wanted, filters }: SelectedImageSet): boolean {
  const { seriesInstanceUid = entry.seriesInstanceUid, sopInstanceUid = entry.sopInstanceUid } = wanted
  if (entry.seriesInstanceUid !== seriesInstanceUid || entry.sopInstanceUid !== sopInstanceUid) return false
  return filters.every((filter) => filter.matches(entry))
}

/** Asks for the version of an image set that is named without one, so that the manifest can name it. */
function settleVersion(
  client: ExporterClient,
  { datastoreId, signal }: SelectionOptions,
): (selected: SelectedImageSet) => Promise<{ readonly selected: SelectedImageSet; readonly versionId: string }> {
  return async (selected) => {
    const { imageSetId, versionId } = selected
    if (versionId !== undefined) return { selected, versionId }
    const latest = await client.getImageSet({ datastoreId, imageSetId, signal })
    return { selected, versionId: latest.versionId }
  }
}

/** Lists of selectors name many instances of one image set in a row: its document is read once. */
function rememberLastRead(
  client: ExporterClient,
  { datastoreId, signal }: SelectionOptions,
): (imageSet: ImageSetVersion) => Promise<ImageSetMetadata> {
  let last: { readonly key: string; readonly document: Promise<ImageSetMetadata> } | undefined
  return ({ imageSetId, versionId }) => {
    const key = `${imageSetId}/${versionId}`
    if (last?.key !== key) {
      last = { key, document: client.getImageSetMetadata({ datastoreId, imageSetId, versionId, signal }) }
    }
    return last.document
  }
}
