import type { ImageSetSummary } from '@ahi-dicom/ahi-client'
import { readAhead } from '@ahi-dicom/export-files'
import { errorCode } from '../failure/failure.ts'
import { searchStudy, type ExporterClient } from './client.ts'
import { isSearchableUid } from './searchable-uid.ts'
import { selectStudy, type StudyParts } from './select-studies.ts'
import { selectSummary, bareSummary } from './select-summary.ts'
import type { Selection } from './selection.ts'
import type { SelectionOptions } from './selection-options.ts'
import { createSelectorGroup } from './selector-group.ts'
import type { ListedImageSet, NamedImageSet, SelectorList } from './selector-list.ts'

/** Requests ahead of the current one. Four at a time use AHI's 25 requests a second if each takes 150 ms. */
const settledAhead = 3

/**
 * Selects the image sets that a list names by id. Requests the properties of all of them before yielding the first,
 * because primary and newer ones come first. An id that AHI does not know may be the UID of a study.
 */
export async function* selectNamed(
  client: ExporterClient,
  list: SelectorList,
  options: SelectionOptions,
): AsyncGenerator<Selection, void, undefined> {
  const { nonPrimary = 'exclude', filters = [], signal } = options

  async function settle(listed: ListedImageSet): Promise<Iterable<Selection>> {
    try {
      list.settle(listed, await settleImageSet(client, listed, options))
      return []
    } catch (error) {
      signal?.throwIfAborted()
      if (errorCode(error) === 'AHI_NOT_FOUND') return await selectUnknown(client, listed, { list, options })
      return [unsettled(listed, error)]
    }
  }

  for await (const selections of readAhead(list.listed(), settledAhead, settle)) yield* selections
  for (const imageSet of list.settled()) {
    const { imageSetId, isVersionNamed, versionId } = imageSet
    const selector = isVersionNamed ? { imageSetId, versionId } : { imageSetId }
    const group = createSelectorGroup([selector])
    if (nonPrimary === 'only' && imageSet.isPrimary) group.leaveOut(undefined)
    else yield* selectSummary(summaryOf(options.datastoreId, imageSet), { groups: [group], filters, isVersionNamed })
    yield { kind: 'finished-group', group }
  }
}

async function selectUnknown(
  client: ExporterClient,
  listed: ListedImageSet,
  { list, options }: StudyParts,
): Promise<Iterable<Selection>> {
  const { datastoreId, signal } = options
  const { imageSetId: studyInstanceUid, versionId } = listed
  if (versionId === undefined && isSearchableUid(studyInstanceUid)) {
    try {
      const found = await searchStudy(client, { datastoreId, studyInstanceUid, signal })
      list.add({ studyInstanceUid })
      if (found.length > 0) return selectStudy(studyInstanceUid, found, { list, options })
    } catch (error) {
      signal?.throwIfAborted()
      return [unsettled(listed, error)]
    }
  }
  return [{ kind: 'finished-group', group: createSelectorGroup([selectorOf(listed)]) }]
}

async function settleImageSet(
  client: ExporterClient,
  { imageSetId, versionId }: ListedImageSet,
  { datastoreId, signal }: SelectionOptions,
): Promise<NamedImageSet> {
  const { isPrimary, createdAt, updatedAt, storageTier, ...told } = await client.getImageSet({
    datastoreId,
    imageSetId,
    versionId,
    signal,
  })
  const isVersionNamed = versionId !== undefined
  return {
    imageSetId,
    versionId: versionId ?? told.versionId,
    isVersionNamed,
    isPrimary,
    createdAt,
    updatedAt,
    storageTier,
  }
}

function unsettled(listed: ListedImageSet, error: unknown): Selection {
  return { kind: 'unsettled', selector: selectorOf(listed), error }
}

function selectorOf({ imageSetId, versionId }: ListedImageSet): { imageSetId: string; versionId?: string } {
  return versionId === undefined ? { imageSetId } : { imageSetId, versionId }
}

/** Returns a summary without patient, study and series. Filters by these need the document. */
function summaryOf(datastoreId: string, named: NamedImageSet): ImageSetSummary {
  const { isVersionNamed: _, ...told } = named
  return bareSummary({ datastoreId, ...told })
}
