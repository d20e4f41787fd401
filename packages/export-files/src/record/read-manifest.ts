import { createHash, type Hash } from 'node:crypto'
import type { FileDigest } from '../destination/file-writer.ts'
import { recordNames } from '../destination/record-store.ts'
import type { RecordStore } from '../destination/record-store.ts'
import { readLines } from '../reading/read-lines.ts'
import { readFlushedNote } from './flushed-note.ts'
import { createManifestState } from './manifest-state.ts'
import { parseManifestLine } from './manifest-line.ts'
import type { FinishedImageSet, RecordedFile } from './manifest-line.ts'

/** A file of a manifest. */
export interface ManifestFile extends RecordedFile {
  /** Line that names it, counted from 1. */
  readonly line: number
  /** Bytes of the manifest up to the end of that line. */
  readonly endOffset: number
  /** Whether the file and its line are known to survive a power cut. */
  readonly isFlushed: boolean
}

/** What a manifest says. */
export interface Manifest {
  /** The last line of each path, in the order of these lines, without removed files. */
  readonly files: ReadonlyMap<string, ManifestFile>
  /** Paths of files that were to be removed once their line was written. */
  readonly removed: ReadonlySet<string>
  /** The last line of each image set that says that it is finished. */
  readonly finished: ReadonlyMap<string, FinishedLine>
  /** Files of {@link files} that may wait in the staging folder still. */
  readonly staged: ReadonlySet<ManifestFile>
  /** Bytes up to the end of the last whole line that is right. A crash has damaged what follows. */
  readonly endOffset: number
  /** The SHA-256 of these bytes, to go on with. */
  readonly hash: Hash
  /** Bytes of these that are flushed with all their files. */
  readonly flushedBytes: number
  /** Number of these lines. */
  readonly lines: number
  /** Number of the line where the export was last started over; 0 if it never was. Files named before it do not count. */
  readonly startOverLine: number
  /** Whether one of these lines is damaged. */
  readonly hasDamage: boolean
  /** Size and SHA-256 of the file. */
  readonly digest: FileDigest
}

/** A line that says that an image set is finished. */
export interface FinishedLine extends FinishedImageSet {
  /** Counted from 1. */
  readonly line: number
  readonly isFlushed: boolean
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
  const state = createManifestState()
  const all = createHash('sha256')
  let kept = { hash: all.copy(), endOffset: 0, lines: 0 }
  let byteLength = 0
  const damagedLines: number[] = []
  for await (const { number, text, bytes, isComplete, endOffset } of readLines(content)) {
    const line = isComplete ? parseManifestLine(text) : undefined
    if (line === undefined && damagedLines.at(-1) !== number - 1) kept = { ...kept, hash: all.copy() }
    all.update(bytes)
    byteLength = endOffset
    if (line === undefined) {
      damagedLines.push(number)
      onDamagedLine?.({ number, isComplete })
      continue
    }
    kept = { hash: all, endOffset, lines: number }
    state.take(line, { line: number, endOffset, isFlushed: endOffset <= flushedBytes })
  }
  return {
    ...state.now(),
    ...kept,
    hash: kept.hash.copy(),
    flushedBytes: Math.min(flushedBytes, kept.endOffset),
    hasDamage: damagedLines.some((number) => number < kept.lines),
    digest: { byteLength, sha256: all.digest('hex') },
  }
}
