import type { Destination } from '../destination/destination.ts'
import { recordNames } from '../destination/record-store.ts'
import { readLines } from '../reading/read-lines.ts'
import { removable } from './replaced-files.ts'
import { writeFlushedNote } from './flushed-note.ts'
import type { Manifest } from './read-manifest.ts'
import { isFilePath } from './safe-path.ts'

/**
 * Returns whether a manifest should be written anew: a line is damaged, files were to be removed, or more lines are
 * without use than with.
 */
export function needsCompaction({ files, removed, lines, hasDamage }: Manifest): boolean {
  return hasDamage || removed.size > 0 || lines > 2 * files.size + 1
}

/**
 * Removes files that were replaced and that a run was stopped before it removed, then writes the manifest without lines
 * that are of no use any more. Damaged lines go as well: their files count as not written.
 */
export async function compactManifest(destination: Destination, manifest: Manifest): Promise<void> {
  const { record } = destination
  const { files, removed, startOverLine } = manifest
  for (const path of removable([...removed].filter(isFilePath), files.keys())) await destination.remove(path)
  const used = new Map([...files.values()].map(({ line, isFlushed }) => [line, isFlushed]))
  const isStartedOver = [...used.keys()].some((line) => line < startOverLine)
  const kept: Uint8Array[] = []
  let keptBytes = 0
  let flushedBytes = 0
  for await (const { number, bytes } of readLines((await record.read(recordNames.manifest)) ?? [])) {
    const isFlushed = used.get(number)
    if (isFlushed === undefined && !(isStartedOver && number === startOverLine)) continue
    kept.push(bytes.slice())
    keptBytes += bytes.byteLength
    if (isFlushed === true) flushedBytes = keptBytes
  }
  // Until the manifest is there, nothing of it counts as flushed.
  await writeFlushedNote(record, 0)
  await record.write(recordNames.manifest, Buffer.concat(kept))
  await writeFlushedNote(record, flushedBytes)
}
