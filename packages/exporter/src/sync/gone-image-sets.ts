import type { ExportRecord, RecordedFile, RecordedImageSet } from '@ahi-dicom/export-files'
import { SelectorError } from '../errors.ts'
import type { ItemFailure } from '../selection/item-failure.ts'
import { selectionName } from '../selection/selection-name.ts'
import type { SelectionOptions } from '../selection/selection-options.ts'
import { namesInstance, readSelector, type GivenSelector, type Selector } from '../selection/selector.ts'

/** Returns the recorded image sets that belong to the selection and were not found. */
export async function goneImageSets(
  record: ExportRecord,
  selection: Omit<SelectionOptions, 'signal'> & {
    readonly selectors: readonly GivenSelector[] | 'all'
  },
  isFound: (imageSetId: string) => boolean,
): Promise<readonly RecordedImageSet[]> {
  const missing: RecordedImageSet[] = []
  for await (const imageSet of record.imageSets()) if (!isFound(imageSet.imageSetId)) missing.push(imageSet)
  const others = missing.filter((imageSet) => !isOfSelection(imageSet, selection))
  const covered = others.length === 0 ? new Set<string>() : await coveredBySelectors(record, selection, others)
  return missing.filter((imageSet) => !others.includes(imageSet) || covered.has(imageSet.imageSetId))
}

/** Returns true if an image set was recorded by the same selection, or by a part of it. */
export function isOfSelection(
  { selection: recorded }: RecordedImageSet,
  selection: Omit<SelectionOptions, 'signal'>,
): boolean {
  const name = selectionName(selection)
  return name !== undefined && (recorded === name || recorded?.startsWith(`${name}/`) === true)
}

/**
 * Returns the image sets whose recorded instances are all matched by the selectors. Returns none if there are filters,
 * because these may leave out instances.
 */
async function coveredBySelectors(
  record: ExportRecord,
  selection: Parameters<typeof goneImageSets>[1],
  imageSets: readonly RecordedImageSet[],
): Promise<ReadonlySet<string>> {
  const { selectors, filters = [], nonPrimary } = selection
  const ids = new Set(imageSets.map(({ imageSetId }) => imageSetId))
  if (filters.length > 0 || nonPrimary === 'only') return new Set()
  if (nonPrimary !== 'include') {
    const { datastoreId } = selection
    // An image set from another selection may not be primary. Then no search looked for it.
    const names = [`${datastoreId}/primary`, `versions/${datastoreId}/`]
    for (const { imageSetId, selection: recorded } of imageSets) {
      if (recorded !== undefined && !names.some((name) => recorded.startsWith(name))) ids.delete(imageSetId)
    }
  }
  if (selectors === 'all') return ids
  const known = selectors.flatMap(parsed)
  for await (const file of record.files()) {
    if (ids.has(file.imageSetId) && !known.some((selector) => names(selector, file))) ids.delete(file.imageSetId)
  }
  return ids
}

/** Returns no selector for a malformed text. */
function parsed(selector: GivenSelector): readonly Selector[] {
  try {
    return [readSelector(selector)]
  } catch (error) {
    if (error instanceof SelectorError) return []
    throw error
  }
}

/** Returns the failures whose items are not recorded in these image sets. */
export async function failuresOfOthers(
  record: ExportRecord,
  failures: readonly ItemFailure[],
  imageSets: readonly RecordedImageSet[],
): Promise<readonly ItemFailure[]> {
  if (failures.length === 0 || imageSets.length === 0) return failures
  const ids = new Set(imageSets.map(({ imageSetId }) => imageSetId))
  const others = new Set(failures)
  for await (const file of record.files()) {
    if (!ids.has(file.imageSetId)) continue
    for (const failure of others) if (isOf(failure, file)) others.delete(failure)
  }
  return [...others]
}

function isOf({ item }: ItemFailure, file: RecordedFile): boolean {
  const { imageSetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid } = item
  if (imageSetId !== undefined) return names({ imageSetId }, file)
  return studyInstanceUid !== undefined && names({ studyInstanceUid, seriesInstanceUid, sopInstanceUid }, file)
}

function names(selector: Selector, file: RecordedFile): boolean {
  return 'imageSetId' in selector
    ? selector.imageSetId === file.imageSetId
    : namesInstance(selector, { ...file, sopInstanceUid: file.sopInstanceUid })
}
