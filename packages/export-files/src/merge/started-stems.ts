import { createKeySet } from '../keys/key-set.ts'
import type { KeyMapOptions } from '../keys/key-map.ts'
import { createGroupedKeys, splitPath } from '../record/grouped-key.ts'
import { startedStems, type StartedStems } from '../record/started-items.ts'
import type { MergeSource } from './merge-source.ts'

/**
 * Reads the names of all items that killed runs of these records had begun to write. Dispose of the result after use.
 */
export async function readAllStarted(
  sources: readonly MergeSource[],
  options: KeyMapOptions,
): Promise<StartedStems & Disposable> {
  const stems = createKeySet(options)
  const keyOf = createGroupedKeys()
  for (const { record } of sources) for await (const stem of startedStems(record)) stems.add(keyOf(...splitPath(stem)))
  return {
    get size() {
      return stems.size
    },
    has: (stem) => stems.has(keyOf(...splitPath(stem))),
    [Symbol.dispose]: () => stems[Symbol.dispose](),
  }
}
