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
   * Told of every selector that leads to no image set, and of every search that failed, which is left out. Default: the first
   * one ends the selection with its error.
   */
  readonly onFailure?: ((failure: ErrorEntry) => void) | undefined
}

/** A version of an image set that is selected. */
export interface SelectedVersion {
  readonly imageSetId: string
  readonly versionId: string
  /** Undefined if nothing told it: the image set is primary and was named by its id. */
  readonly studyInstanceUid?: string | undefined
  readonly seriesInstanceUid?: string | undefined
  /** Of an image set that is not primary and was named by its id: the ids of those that share its series. */
  readonly sameSeries?: readonly string[] | undefined
  /** Selectors that name less than the whole image set. Empty: all of it. Which of them lead to instances only the document tells. */
  readonly selectors: readonly StudySelector[]
}

/** Image sets whose version is asked for ahead of the consumer, where the search did not tell it. */
const versionsAhead = 8

/**
 * Yields the selected image sets in the order of an export, each with its version. Filters count as far as AHI's search and
 * its summaries decide them. Reads no document but those of image sets that are not primary and were named by their ids.
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
