import type { Destination, ListedFile } from '../destination/destination.ts'
import { readAhead } from '../reading/read-ahead.ts'
import { isOfRecord, isStaged } from '../record/safe-path.ts'
import { isOfStarted, type StartedStems } from '../record/started-items.ts'
import type { LineChoices } from './line-choices.ts'

/** Options of {@link removeLeftFiles}. */
export interface LeftFilesOptions {
  /** Writers whose records are merged. */
  readonly merged: ReadonlySet<string>
  /** Writers whose runs were killed, or had failures. */
  readonly writers: readonly string[]
  readonly started: StartedStems
  readonly signal?: AbortSignal | undefined
}

/** Number of concurrent calls of `Destination.isOwn`. */
const concurrentChecks = 16

/**
 * Removes files that killed runs and failed items have written and no record names. Returns true if it did. If a new writer has started
 * since the records were read, removes nothing and returns false, because that writer may write the same files.
 */
export async function removeLeftFiles(
  destination: Destination,
  choices: LineChoices,
  { merged, writers, started, signal }: LeftFilesOptions,
): Promise<boolean> {
  const look = async (file: ListedFile): Promise<ListedFile & { readonly isLeft: boolean }> => {
    signal?.throwIfAborted()
    const { path } = file
    if (isStaged(path)) return { ...file, isLeft: true }
    if (choices.has(path) || isOfRecord(path)) return { ...file, isLeft: false }
    return { ...file, isLeft: isOfStarted(started, path) || (await destination.isOwn?.(path, { writers })) === true }
  }
  async function* listed(): AsyncGenerator<ListedFile> {
    yield* destination.list?.() ?? []
  }
  const left: string[] = []
  for await (const { path, isLeft } of readAhead(listed(), concurrentChecks - 1, look)) if (isLeft) left.push(path)
  for await (const { writer } of destination.records?.() ?? []) {
    if (writer !== undefined && !merged.has(writer)) return false
  }
  for (const path of left) await destination.remove(path)
  return true
}
