import { createHash } from 'node:crypto'
import { recordNames } from '../destination/record-store.ts'
import type { RecordStore } from '../destination/record-store.ts'
import { readLines } from '../reading/read-lines.ts'
import { parseManifestLine } from './manifest-line.ts'
import type { RecordedFile } from './manifest-line.ts'

/**
 * Yields the files of a manifest that a single run has written, so that no line overrides another. Needs no index in
 * memory. Returns the SHA-256 of the manifest.
 */
export async function* readNewManifest(store: RecordStore): AsyncGenerator<RecordedFile, string> {
  const hash = createHash('sha256')
  for await (const { text, bytes } of readLines((await store.read(recordNames.manifest)) ?? [])) {
    hash.update(bytes)
    const line = parseManifestLine(text)
    if (line?.kind === 'file') yield line.file
  }
  return hash.digest('hex')
}
