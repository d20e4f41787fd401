import type { Destination, ListedFile } from '../destination/destination.ts'
import { readAhead } from '../reading/read-ahead.ts'
import { isOfRecord, isStaged } from '../record/safe-path.ts'
import { isOfStarted, type StartedStems } from '../record/started-items.ts'
import type { LineChoices } from './line-choices.ts'

/** Options of {@link removeLeftFiles}. */
export interface LeftFilesOptions {
  /** Writers of the records that are merged. */
  readonly merged: ReadonlySet<string>
  /** Writers whose runs were stopped. */
  readonly writers: readonly string[]
  readonly started: StartedStems
  readonly signal?: AbortSignal | undefined
}

/** Files of which a destination is asked at a time whether they are its own. */
const looksUnderWay = 16

/**
 * Removes files that stopped runs have written and that no record names. Returns false, and removes nothing, if a writer has
 * begun since the records were read: it may write the same files.
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
  for await (const { path, isLeft } of readAhead(listed(), looksUnderWay - 1, look)) if (isLeft) left.push(path)
  for await (const { writer } of destination.records?.() ?? []) {
    if (writer !== undefined && !merged.has(writer)) return false
  }
  for (const path of left) await destination.remove(path)
  return true
}
