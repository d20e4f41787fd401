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
export type Loading = LoadedImageSet | UnreadableImageSet | FailedSearch | UnmetSelector

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
  options: SelectionOptions & LoadObserver,
): AsyncGenerator<Loading, void, undefined> {
  const read = rememberLastRead(client, options)
  const formatOf = losslessFormat(client, options)
  const isLatest = latestVersion(client, options)
  return readAhead(observedSelection(client, options), documentsAhead, async (selected): Promise<Loading> => {
    if (selected.kind !== 'image-set') return selected
    try {
      const document = await read(selected)
      const instances = Array.from(imageSetInstances(document.metadata)).filter((entry) => isWanted(entry, selected))
      const losslessStorageFormat = await formatOf(instances)
      const isLatestVersion = await isLatest(selected)
      const content = { ...document, instances, losslessStorageFormat, isLatestVersion }
      const loaded: LoadedImageSet = { kind: 'loaded', selected, ...content }
      options.onLoaded?.(loaded)
      return loaded
    } catch (error) {
      options.signal?.throwIfAborted()
      if (!failureOf(error).isOutage) options.onUnreadable?.()
      return { kind: 'unreadable', selected, error }
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

function isWanted(entry: ImageSetInstance, { wanted }: SelectedImageSet): boolean {
  const { seriesInstanceUid = entry.seriesInstanceUid, sopInstanceUid = entry.sopInstanceUid } = wanted
  return entry.seriesInstanceUid === seriesInstanceUid && entry.sopInstanceUid === sopInstanceUid
}

interface VersionedDocument {
  readonly versionId: string
  readonly metadata: ImageSetMetadata
}

/** Lists of selectors name many instances of one image set in a row: its document is read once. */
function rememberLastRead(
  client: ExporterClient,
  { datastoreId, signal }: SelectionOptions,
): (selected: SelectedImageSet) => Promise<VersionedDocument> {
  let last: { readonly key: string; readonly document: Promise<VersionedDocument> } | undefined
  return ({ imageSetId, versionId }) => {
    const key = `${imageSetId}/${versionId ?? ''}`
    if (last?.key !== key)
      last = { key, document: readDocument(client, { datastoreId, imageSetId, versionId, signal }) }
    return last.document
  }
}

/** Reads the document of a definite version, so that the manifest can name it. */
async function readDocument(
  client: ExporterClient,
  request: {
    readonly datastoreId: string
    readonly imageSetId: string
    readonly versionId: string | undefined
    readonly signal: AbortSignal | undefined
  },
): Promise<VersionedDocument> {
  const versionId = request.versionId ?? (await client.getImageSet(request)).versionId
  return { versionId, metadata: await client.getImageSetMetadata({ ...request, versionId }) }
}
