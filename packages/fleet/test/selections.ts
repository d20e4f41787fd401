import type { ErrorEntry } from '@ahi-dicom/export-files'
import type { Exporter, SelectedVersion } from '@ahi-dicom/exporter'
import type { RunRequest } from '../src/index.ts'

export const datastoreId = 'd'.repeat(32)

export const request: RunRequest = {
  datastoreId,
  destination: 's3://bucket/prefix',
  settings: { format: 'dicom', selectors: ['all'] },
}

/** The id of the n-th image set. */
export function imageSetId(index: number): string {
  return index.toString(36).padStart(32, '0')
}

/** The n-th image set, of a series of its own. */
export function selectedVersion(index: number, parts: Partial<SelectedVersion> = {}): SelectedVersion {
  const study = Math.floor(index / 4)
  return {
    imageSetId: imageSetId(index),
    versionId: '1',
    studyInstanceUid: `2.25.1000000000000000${study}`,
    seriesInstanceUid: `2.25.2000000000000000${index}`,
    selectors: [],
    ...parts,
  }
}

/** What an exporter selects here: image sets and failures, in this order. `onYield` is told how many were taken. */
export function selecting(
  items: Iterable<SelectedVersion | ErrorEntry>,
  onYield?: (count: number) => void | Promise<void>,
): Pick<Exporter, 'selectImageSets'> {
  return {
    async *selectImageSets({ signal, onFailure }) {
      let count = 0
      for (const item of items) {
        signal?.throwIfAborted()
        if ('code' in item) {
          onFailure?.(item)
          continue
        }
        yield item
        count += 1
        await onYield?.(count)
      }
    },
  }
}

/** The first image sets, each of a series of its own. */
export function* firstImageSets(count: number): Generator<SelectedVersion> {
  for (let index = 0; index < count; index++) yield selectedVersion(index)
}
