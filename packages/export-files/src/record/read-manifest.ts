import { recordNames } from '../destination/record-store.ts'
import type { RecordStore } from '../destination/record-store.ts'
import { readLines } from '../reading/read-lines.ts'
import { readFlushedNote } from './flushed-note.ts'
import { parseManifestLine } from './manifest-line.ts'
import type { RecordedFile } from './manifest-line.ts'

/** A file of a manifest. */
export interface ManifestFile extends RecordedFile {
  /** Whether the file and its line are known to survive a power cut. */
  readonly isFlushed: boolean
}

/** What a manifest says. */
export interface Manifest {
  /** The last line of each path, in the order of these lines. */
  readonly files: ReadonlyMap<string, ManifestFile>
  /** Bytes up to the end of the last line that is an entry. A crash has damaged what follows. */
  readonly endOffset: number
  /** Bytes of these that are flushed with all their files. */
  readonly flushedBytes: number
}

/** A line of a manifest that is not an entry. */
export interface DamagedLine {
  /** Counted from 1. */
  readonly number: number
  readonly isComplete: boolean
}

/** Options of {@link readManifest}. */
export interface ReadManifestOptions {
  readonly signal?: AbortSignal | undefined
  readonly onDamagedLine?: ((line: DamagedLine) => unknown) | undefined
}

/** Reads the manifest of a record. Returns undefined if there is none. */
export async function readManifest(
  store: RecordStore,
  { signal, onDamagedLine }: ReadManifestOptions = {},
): Promise<Manifest | undefined> {
  const content = await store.read(recordNames.manifest, { signal })
  if (content === undefined) return undefined
  const flushedBytes = await readFlushedNote(store)
  const files = new Map<string, ManifestFile>()
  let lastOffset = 0
  for await (const { number, text, isComplete, endOffset } of readLines(content)) {
    const file = isComplete ? parseManifestLine(text) : undefined
    if (file === undefined) {
      onDamagedLine?.({ number, isComplete })
      continue
    }
    lastOffset = endOffset
    files.delete(file.path)
    files.set(file.path, { ...file, isFlushed: endOffset <= flushedBytes })
  }
  return { files, endOffset: lastOffset, flushedBytes: Math.min(flushedBytes, lastOffset) }
}
