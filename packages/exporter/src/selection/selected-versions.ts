import { readAhead, type ErrorEntry } from '@ahi-dicom/export-files'
import type { ExporterClient } from './client.ts'
import { loadingFailure, passOn, type FailedLoading } from './item-failure.ts'
import { selectImageSets } from './select-image-sets.ts'
import type { SelectedImageSet, Selection } from './selection.ts'
import type { SelectionOptions } from './selection-options.ts'
import type { StudySelector } from './selector.ts'
import { seriesOfNamed, type SeriesOfNamed } from './series-of-named.ts'

/** Options of `selectImageSets` of an exporter. */
export interface SelectImageSetsOptions extends SelectionOptions {
  /**
   * Called for every selector that matches no image set, and for every failed search. They are then left out. Default:
   * the first failure is thrown.
   */
  readonly onFailure?: ((failure: ErrorEntry) => void) | undefined
}

/** A selected version of an image set. */
export interface SelectedVersion {
  readonly imageSetId: string
  readonly versionId: string
  /** Undefined if the image set is primary and was named by its id. The series is then not known. */
  readonly studyInstanceUid?: string | undefined
  readonly seriesInstanceUid?: string | undefined
  /** For an image set that is not primary and was named by its id: the ids of the image sets of the same series. */
  readonly sameSeries?: readonly string[] | undefined
  /**
   * Selectors that match a part of the image set. Empty: all of it is selected. Only the document tells which of them
   * match instances.
   */
  readonly selectors: readonly StudySelector[]
}

/** The number of image sets whose version is requested ahead of the consumer, if the search did not return it. */
const versionsAhead = 8

/**
 * Yields the selected image sets in the order of an export, each with its version. Filters apply only if AHI's search
 * or the summaries can decide them. Reads documents only of image sets that are not primary and were named by their
 * ids.
 */
export async function* selectVersions(
  client: ExporterClient,
  options: SelectImageSetsOptions,
  closed: AbortSignal,
): AsyncGenerator<SelectedVersion, void, undefined> {
  const { datastoreId, onFailure } = options
  const signal = options.signal === undefined ? closed : AbortSignal.any([closed, options.signal])
  const selection = { ...options, signal }

  async function settle(selected: Selection): Promise<Exclude<Selection, SelectedImageSet> | SettledVersion> {
    if (selected.kind !== 'image-set') return selected
    const { imageSetId, summary } = selected
    for (const group of selected.groups) group.assumeMet(summary.seriesInstanceUid)
    try {
      const versionId = summary.versionId ?? (await client.getImageSet({ datastoreId, imageSetId, signal })).versionId
      const series = await seriesOfNamed(client, selected, { versionId, signal })
      return { kind: 'version', version: versionOf(selected, versionId, series) }
    } catch (error) {
      signal.throwIfAborted()
      return { kind: 'unsettled', selector: { imageSetId }, error }
    }
  }

  for await (const settled of readAhead(selectImageSets(client, selection), versionsAhead, settle)) {
    signal.throwIfAborted()
    if (settled.kind === 'version') yield settled.version
    else for (const failed of failuresOf(settled)) passOn(loadingFailure(options, failed), onFailure)
  }
}

interface SettledVersion {
  readonly kind: 'version'
  readonly version: SelectedVersion
}

function failuresOf(selection: Exclude<Selection, SelectedImageSet>): readonly FailedLoading[] {
  switch (selection.kind) {
    case 'unsettled':
      return [{ kind: 'unreadable', imageSetId: selection.selector.imageSetId, error: selection.error }]
    case 'finished-group':
      return selection.group.unmet().map((unmet) => ({ kind: 'unmet-selector', ...unmet }))
    default:
      return [selection]
  }
}

function versionOf(
  { imageSetId, summary, groups }: SelectedImageSet,
  versionId: string,
  series: SeriesOfNamed | undefined,
): SelectedVersion {
  const { studyInstanceUid, seriesInstanceUid } = summary
  const wantsAll = groups.length === 0 || groups.some((group) => group.wantsAll(seriesInstanceUid))
  const selectors = wantsAll ? [] : groups.flatMap((group) => group.selectorsFor(seriesInstanceUid))
  return { imageSetId, versionId, studyInstanceUid, seriesInstanceUid, ...series, selectors }
}
