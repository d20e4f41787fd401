import type { Destination } from '../destination/destination.ts'
import { recordNames } from '../destination/record-store.ts'
import type { RecordStore } from '../destination/record-store.ts'
import type { KeyMapOptions } from '../keys/key-map.ts'
import { membersOf, parseJson } from '../reading/json-members.ts'
import { checkedLine } from './checked-line.ts'
import { writeFlushedNote } from './flushed-note.ts'
import { moveFiles } from './move-files.ts'
import type { Manifest, RightLine } from './read-manifest.ts'
import { createFoldedPaths } from './replaced-files.ts'
import { isFilePath } from './safe-path.ts'

/**
 * Returns true if a manifest should be rewritten: a line is damaged, files still have to be moved or removed, or more
 * than half of the lines are obsolete.
 */
export function needsCompaction({ index, lineCount, hasDamage }: Manifest): boolean {
  const isCluttered = lineCount > 2 * (index.paths + index.finishedImageSets) + 1
  return hasDamage || isCluttered || index.hasObsolete || index.stagedLines().size > 0
}

/**
 * Moves and removes the files that a killed run did not get to, then rewrites the manifest without obsolete lines.
 * Damaged lines are dropped as well, so their files count as not written.
 */
export async function compactManifest(
  destination: Destination,
  manifest: Manifest,
  options: KeyMapOptions,
): Promise<void> {
  const { record } = destination
  if (manifest.index.stagedLines().size > 0) await moveStaged(destination, manifest)
  if (manifest.index.hasObsolete) await removeObsolete(destination, manifest, options)
  // No line counts as flushed until the new manifest is in place.
  await writeFlushedNote(record, 0)
  const written = { flushedBytes: 0 }
  await writeAll(record, recordNames.manifest, linesInForce(manifest, written))
  await writeFlushedNote(record, written.flushedBytes)
}

async function moveStaged(destination: Destination, manifest: Manifest): Promise<void> {
  for await (const { imageSetId, path, isStaged } of manifest.files()) {
    if (isStaged && isFilePath(path)) await moveFiles(destination, imageSetId, [path])
  }
}

/** Removes obsolete files, unless a file that stays has the same path on a case-insensitive file system. */
async function removeObsolete(destination: Destination, manifest: Manifest, options: KeyMapOptions): Promise<void> {
  using kept = createFoldedPaths(options)
  for await (const { path } of manifest.files()) kept.add(path)
  for await (const path of manifest.obsoletePaths()) {
    if (isFilePath(path) && !kept.has(path)) await destination.remove(path)
  }
}

/** Yields the lines that are still needed. Sets `written.flushedBytes` to the length of those that are flushed. */
async function* linesInForce(manifest: Manifest, written: { flushedBytes: number }): AsyncGenerator<Uint8Array> {
  const { index } = manifest
  const staged = index.stagedLines()
  let writtenBytes = 0
  let hasFiles = false
  for await (const line of manifest.lines()) {
    const { content, isFlushed } = line
    if (!index.isInForce(content, line.line) || content.kind === 'removed') continue
    if (content.kind === 'started-over' && !hasFiles) continue
    if (content.kind === 'file' || content.kind === 'staged') hasFiles = true
    const bytes = neededLine(line)
    writtenBytes += bytes.byteLength
    if (isFlushed && !staged.has(line.line)) written.flushedBytes = writtenBytes
    yield bytes
  }
}

/**
 * Returns a line for the rewritten manifest, without `staged` and `replaces`: its files have been moved and removed.
 */
export function neededLine({ content, text, bytes }: Pick<RightLine, 'content' | 'text' | 'bytes'>): Uint8Array {
  const isOld = content.kind === 'staged' || (content.kind === 'finished' && content.imageSet.replaces === true)
  if (!isOld) return bytes
  const { staged: _, replaces: __, crc32: ___, ...entry } = membersOf(parseJson(text))
  return Buffer.from(`${checkedLine(entry)}\n`)
}

/** Minimum size of a chunk, in bytes. */
const chunkBytes = 65_536

/** Writes a file of the record whole or not at all. */
export async function writeAll(record: RecordStore, name: string, parts: AsyncIterable<Uint8Array>): Promise<void> {
  const chunks = gathered(parts)
  if (record.writeChunks !== undefined) return await record.writeChunks(name, chunks)
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  await record.write(name, Buffer.concat(all))
}

async function* gathered(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = []
  let byteLength = 0
  for await (const part of parts) {
    waiting.push(part.slice())
    byteLength += part.byteLength
    if (byteLength < chunkBytes) continue
    yield Buffer.concat(waiting)
    waiting = []
    byteLength = 0
  }
  yield Buffer.concat(waiting)
}
