import type { ErrorEntry } from '@ahi-dicom/export-files'
import type { ExporterClient } from './client.ts'
import { loadingFailure, passOn } from './item-failure.ts'
import { loadSelectedImageSets, type LoadedImageSet, type SkipOptions } from './load-metadata.ts'
import type { SelectedImageSet } from './selection.ts'
import type { SelectionOptions } from './selection-options.ts'

/** Options for listing the contents of a data store. */
export interface ListOptions extends Omit<SelectionOptions, 'selectors'> {
  /** The image sets, studies, series and instances to list. Default: the whole data store. */
  readonly selectors?: SelectionOptions['selectors'] | undefined
  /** Called for every image set that cannot be read. It is then left out. Default: the first failure is thrown. */
  readonly onFailure?: ((failure: ErrorEntry) => void) | undefined
  /** Called with the number of image sets whose documents have been read. */
  readonly onRead?: ((imageSets: number) => void) | undefined
}

/** An image set of a list. */
export interface ListedContent {
  readonly selected: SelectedImageSet
  /** Undefined if the document was not read. */
  readonly loaded: LoadedImageSet | undefined
}

/** Yields the image sets of a list. Failures are passed to `onFailure`. */
export async function* loadListed(
  client: ExporterClient,
  options: ListOptions & Pick<SkipOptions, 'needsDocument'>,
  closed: AbortSignal,
): AsyncGenerator<ListedContent, void, undefined> {
  const { selectors = 'all', onFailure, onRead } = options
  const signal = options.signal === undefined ? closed : AbortSignal.any([closed, options.signal])
  let read = 0
  const onLoaded = (): void => onRead?.((read += 1))
  for await (const loading of loadSelectedImageSets(client, { ...options, selectors, signal, onLoaded })) {
    if (loading.kind === 'loaded') yield { selected: loading.selected, loaded: loading }
    else if (loading.kind === 'done') yield { selected: loading.selected, loaded: undefined }
    else passOn(loadingFailure(options, loading), onFailure)
  }
}
