import type { Destination } from '../destination/destination.ts'
import { recordNames } from '../destination/record-store.ts'
import { membersOf, parseJson } from '../reading/json-members.ts'
import { readLines } from '../reading/read-lines.ts'
import { checkedLine } from './checked-line.ts'
import { moveFiles } from './image-set-record.ts'
import { removable } from './replaced-files.ts'
import { writeFlushedNote } from './flushed-note.ts'
import type { Manifest } from './read-manifest.ts'
import { isFilePath } from './safe-path.ts'

/**
 * Returns whether a manifest should be written anew: a line is damaged, files were to be moved or removed, or more lines
 * are without use than with.
 */
export function needsCompaction({ files, removed, finished, staged, lines, hasDamage }: Manifest): boolean {
  return hasDamage || removed.size + staged.size > 0 || lines > 2 * (files.size + finished.size) + 1
}

/**
 * Moves and removes files that a run was stopped before it moved or removed them, then writes the manifest without lines
 * that are of no use any more. Damaged lines go as well: their files count as not written.
 */
export async function compactManifest(destination: Destination, manifest: Manifest): Promise<void> {
  const { record } = destination
  const { files, removed, finished, staged, startOverLine } = manifest
  for (const [imageSetId, waiting] of Map.groupBy(staged, (file) => file.imageSetId)) {
    await moveFiles(destination, imageSetId, waiting.map(({ path }) => path).filter(isFilePath))
  }
  for (const path of removable([...removed].filter(isFilePath), files.keys())) await destination.remove(path)
  const stagedLines = new Set(Array.from(staged, ({ line }) => line))
  const used = new Map([...files.values(), ...finished.values()].map(({ line, isFlushed }) => [line, isFlushed]))
  const isStartedOver = [...files.values()].some(({ line }) => line < startOverLine)
  const kept: Uint8Array[] = []
  let keptBytes = 0
  let flushedBytes = 0
  for await (const { number, bytes, text } of readLines((await record.read(recordNames.manifest)) ?? [])) {
    const isFlushed = used.get(number)
    if (isFlushed === undefined && !(isStartedOver && number === startOverLine)) continue
    const line = stagedLines.has(number) ? Buffer.from(`${unstagedLine(text)}\n`) : bytes.slice()
    kept.push(line)
    keptBytes += line.byteLength
    if (isFlushed === true) flushedBytes = keptBytes
  }
  // Until the manifest is there, nothing of it counts as flushed.
  await writeFlushedNote(record, 0)
  await record.write(recordNames.manifest, Buffer.concat(kept))
  await writeFlushedNote(record, flushedBytes)
}

/** Returns the line of a file that has arrived at its path. */
function unstagedLine(text: string): string {
  const { staged: _, crc32: __, ...entry } = membersOf(parseJson(text))
  return checkedLine(entry)
}
