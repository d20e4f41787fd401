import type { Destination } from '../destination/destination.ts'
import type { KeyMapOptions } from '../keys/key-map.ts'
import { moveFiles } from '../record/move-files.ts'
import { readManifest, type Manifest } from '../record/read-manifest.ts'
import { createFoldedPaths } from '../record/replaced-files.ts'
import { isFilePath } from '../record/safe-path.ts'
import type { LineChoices } from './line-choices.ts'
import type { MergeSource } from './merge-source.ts'

/** Options of {@link collectLines} and {@link removeObsolete}. */
export interface CollectOptions extends KeyMapOptions {
  readonly signal?: AbortSignal | undefined
}

/** Result of {@link collectLines}. The lines themselves are added to the {@link LineChoices}. */
export interface CollectedLines {
  /** Number of damaged lines, and of lines with a path that is not allowed. */
  readonly damagedLines: number
  /** Records with obsolete files, which may still exist. */
  readonly withObsolete: readonly MergeSource[]
}

/**
 * Adds the lines in force of all records to `choices`, one record at a time. Moves files that a killed run left in the
 * staging folder although their image set is finished.
 */
export async function collectLines(
  destination: Destination,
  sources: readonly MergeSource[],
  choices: LineChoices,
  { signal, maxMemory }: CollectOptions,
): Promise<CollectedLines> {
  let damagedLines = 0
  const withObsolete: MergeSource[] = []
  for (const [source, { writer, record }] of sources.entries()) {
    using manifest = await readManifest(record, { signal, maxMemory })
    if (manifest === undefined) continue
    damagedLines += await countDamaged(manifest)
    if (manifest.index.hasObsolete) withObsolete.push({ writer, record })
    const { startOverLine } = manifest.index
    for await (const file of manifest.files()) {
      if (!isFilePath(file.path)) {
        damagedLines += 1
        continue
      }
      if (file.isStaged) await moveFiles(destination, file.imageSetId, [file.path], writer)
      const { line, versionId, bytes, sha256, isFlushed, hasLoss = false } = file
      choices.add(file, { source, line, versionId, bytes, sha256, isFlushed, hasLoss, isOld: line < startOverLine })
    }
    for (const { line, ...imageSet } of manifest.index.finished()) choices.finish(imageSet, { source, line })
  }
  return { damagedLines, withObsolete }
}

/** Returns the number of damaged lines. A last line that is cut off does not count, because a killed run leaves one. */
async function countDamaged(manifest: Manifest): Promise<number> {
  let damaged = 0
  for await (const { isComplete } of manifest.damagedLines()) if (isComplete) damaged += 1
  return damaged
}

/**
 * Removes obsolete files, except those that a chosen line names. Compares paths as case-insensitive file systems do.
 */
export async function removeObsolete(
  destination: Destination,
  { all, withObsolete }: { readonly all: readonly MergeSource[]; readonly withObsolete: readonly MergeSource[] },
  choices: LineChoices,
  { signal, maxMemory }: CollectOptions,
): Promise<void> {
  if (withObsolete.length === 0) return
  using kept = createFoldedPaths({ maxMemory })
  for (const { record } of all) {
    using manifest = await readManifest(record, { signal, maxMemory })
    for await (const { path } of manifest?.files() ?? []) if (choices.has(path)) kept.add(path)
  }
  for (const { record } of withObsolete) {
    using manifest = await readManifest(record, { signal, maxMemory })
    for await (const path of manifest?.obsoletePaths() ?? []) {
      if (isFilePath(path) && !kept.has(path)) await destination.remove(path)
    }
  }
}
