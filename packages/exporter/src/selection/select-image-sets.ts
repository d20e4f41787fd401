import { SelectorError } from '../errors.ts'
import type { ExporterClient } from './client.ts'
import { selectAll } from './select-all.ts'
import { selectNamed } from './select-named.ts'
import { selectStudies } from './select-studies.ts'
import type { Selection } from './selection.ts'
import type { SelectionOptions } from './selection-options.ts'
import { createSelectorList } from './selector-list.ts'
import { readSelector } from './selector.ts'

/**
 * Yields the image sets that selectors match, each once. Reads a list to its end first, so naming something twice costs
 * nothing, whatever the order. Yields failures and continues.
 */
export async function* selectImageSets(
  client: ExporterClient,
  options: SelectionOptions,
): AsyncGenerator<Selection, void, undefined> {
  if (options.selectors === 'all') {
    yield* selectAll(client, options)
    return
  }
  using list = createSelectorList()
  for await (const given of options.selectors) {
    options.signal?.throwIfAborted()
    try {
      list.add(readSelector(given))
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error
      yield { kind: 'malformed-selector', error }
    }
  }
  yield* selectStudies(client, list, options)
  yield* selectNamed(client, list, options)
}
