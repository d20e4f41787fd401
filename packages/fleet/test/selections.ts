import type { ErrorEntry } from '@ahi-dicom/export-files'
import type { Exporter, SelectedVersion } from '@ahi-dicom/exporter'
import type { RunRequest } from '../src/index.ts'

export const datastoreId = 'd'.repeat(32)

export const request: RunRequest = {
  datastoreId,
  destination: 's3://bucket/prefix',
  settings: { format: 'dicom', selectors: ['all'] },
}

/** Returns the id of the image set with this index. */
export function imageSetId(index: number): string {
  return index.toString(36).padStart(32, '0')
}

/** Returns the image set with this index. Each has its own series. */
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

/** Returns an exporter that selects these image sets and failures. `onYield` is called with the number of image sets so far. */
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

/** Yields the first `count` image sets, each with its own series. */
export function* firstImageSets(count: number): Generator<SelectedVersion> {
  for (let index = 0; index < count; index++) yield selectedVersion(index)
}
