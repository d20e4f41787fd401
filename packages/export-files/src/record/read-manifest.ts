import { createHash, type Hash } from 'node:crypto'
import type { FileDigest } from '../destination/file-writer.ts'
import { recordNames } from '../destination/record-store.ts'
import type { RecordStore } from '../destination/record-store.ts'
import { OutputError } from '../errors.ts'
import { defaultMapMemory, type KeyMapOptions } from '../keys/key-map.ts'
import { readLines } from '../reading/read-lines.ts'
import { readFlushedNote } from './flushed-note.ts'
import { createManifestIndex } from './manifest-index.ts'
import type { LinePosition, ManifestIndex } from './manifest-index.ts'
import { parseManifestLine } from './manifest-line.ts'
import type { ManifestLine, RecordedFile } from './manifest-line.ts'

/** A file that a manifest names. */
export type ManifestFile = RecordedFile &
  LinePosition & {
    /** True if the file may still be in the staging folder. */
    readonly isStaged: boolean
  }

/** An undamaged line of a manifest. */
export interface RightLine extends LinePosition {
  readonly content: ManifestLine
  readonly text: string
  /** The line with its line feed. Valid until the next line is requested. */
  readonly bytes: Uint8Array
}

/**
 * A manifest that was read. It keeps an index, but not the files: each method reads the manifest again, up to the last
 * line of the first reading. Dispose of it after use.
 */
export interface Manifest extends Disposable {
  readonly index: ManifestIndex
  /**
   * Yields the files by the last line of each path, in the order of these lines. Skips removed and obsolete files.
   *
   * @throws {OutputError} OUTPUT_RECORD_LOST if the manifest has changed since it was read
   */
  files(): AsyncIterable<ManifestFile>
  /** Yields the paths of obsolete files. They may still exist if the run that removed them was killed. */
  obsoletePaths(): AsyncIterable<string>
  /** Yields all undamaged lines. */
  lines(): AsyncIterable<RightLine>
  /** Yields the damaged lines. Reads the manifest again if there are any, because there may be too many to keep. */
  damagedLines(): AsyncIterable<DamagedLine>
  /** Offset of the end of the last undamaged line, in bytes. The rest of the file is damaged. */
  readonly endOffset: number
  /** Running SHA-256 of the bytes before `endOffset`. */
  readonly hash: Hash
  /** Length of the flushed part before `endOffset`, in bytes. The files of its lines are flushed as well. */
  readonly flushedBytes: number
  /** Number of lines before `endOffset`. */
  readonly lineCount: number
  /** True if a line before `endOffset` is damaged. */
  readonly hasDamage: boolean
  /** Size and SHA-256 of the whole manifest. */
  readonly digest: FileDigest
}

/** A damaged line of a manifest. */
interface DamagedLine {
  /** Line number, starting at 1. */
  readonly number: number
  /** False for a last line without a line feed, which a killed run leaves. */
  readonly isComplete: boolean
}

/** Options of {@link readManifest}. */
export interface ReadManifestOptions extends KeyMapOptions {
  readonly signal?: AbortSignal | undefined
  /** If true, a missing manifest is read as an empty one. Default false. */
  readonly allowsMissing?: boolean | undefined
}

/**
 * Estimated memory of a parsed file line, in bytes. If all of them fit into memory, the manifest is parsed only once.
 */
const fileBytes = 2048

/** Reads the manifest of a record. Returns undefined if it is missing, unless `allowsMissing` is true. */
export async function readManifest(
  store: RecordStore,
  { signal, allowsMissing = false, maxMemory = defaultMapMemory }: ReadManifestOptions = {},
): Promise<Manifest | undefined> {
  const content = (await store.read(recordNames.manifest, { signal })) ?? (allowsMissing ? [] : undefined)
  if (content === undefined) return undefined
  const flushedBytes = await readFlushedNote(store)
  const index = createManifestIndex({ maxMemory })
  const all = createHash('sha256')
  let cached: (RecordedFile & LinePosition)[] | undefined = []
  let kept = { hash: all.copy(), endOffset: 0, lineCount: 0 }
  let byteLength = 0
  let lastDamaged = 0
  let firstDamaged = Infinity
  for await (const { number, text, bytes, isComplete, endOffset } of readLines(content)) {
    const line = isComplete ? parseManifestLine(text) : undefined
    if (line === undefined && lastDamaged !== number - 1) kept = { ...kept, hash: all.copy() }
    all.update(bytes)
    byteLength = endOffset
    if (line === undefined) {
      lastDamaged = number
      firstDamaged = Math.min(firstDamaged, number)
      continue
    }
    kept = { hash: all, endOffset, lineCount: number }
    const position = { line: number, endOffset, isFlushed: endOffset <= flushedBytes }
    index.take(line, position)
    if (line.kind === 'file' || line.kind === 'staged') cached?.push({ ...line.file, ...position })
    if (cached !== undefined && cached.length > maxMemory / fileBytes) cached = undefined
  }
  const read = {
    index,
    ...kept,
    hash: kept.hash.copy(),
    flushedBytes: Math.min(flushedBytes, kept.endOffset),
    hasDamage: firstDamaged < kept.lineCount,
    digest: { byteLength, sha256: all.digest('hex') },
  }
  return {
    ...read,
    ...rereader(store, read, { cached, flushedBytes, signal }),
    async *damagedLines() {
      const content = lastDamaged === 0 ? undefined : await store.read(recordNames.manifest, { signal })
      for await (const { number, text, isComplete } of readLines(content ?? [])) {
        if (number > lastDamaged) break
        if (!isComplete || parseManifestLine(text) === undefined) yield { number, isComplete }
      }
    },
    [Symbol.dispose]: () => index[Symbol.dispose](),
  }
}

interface RereadOptions {
  readonly cached: readonly (RecordedFile & LinePosition)[] | undefined
  readonly flushedBytes: number
  readonly signal: AbortSignal | undefined
}

/** Creates the methods that read a manifest again. */
function rereader(
  store: RecordStore,
  { index, hash, endOffset: end }: Pick<Manifest, 'index' | 'hash' | 'endOffset'>,
  { cached, flushedBytes, signal }: RereadOptions,
): Pick<Manifest, 'files' | 'obsoletePaths' | 'lines'> {
  const expected = hash.copy().digest('hex')
  const staged = index.stagedLines()

  async function* lines(): AsyncGenerator<RightLine> {
    const found = createHash('sha256')
    const content = (await store.read(recordNames.manifest, { signal })) ?? []
    for await (const { number, text, bytes, endOffset } of end === 0 ? [] : readLines(content)) {
      found.update(bytes)
      const line = parseManifestLine(text)
      const position = { line: number, endOffset, isFlushed: endOffset <= flushedBytes }
      if (line !== undefined) yield { content: line, text, bytes, ...position }
      if (endOffset >= end) break
    }
    if (found.digest('hex') !== expected) throw changed()
  }

  async function* allFiles(): AsyncGenerator<RecordedFile & LinePosition> {
    for await (const { content, line, endOffset, isFlushed } of lines()) {
      if (content.kind !== 'file' && content.kind !== 'staged') continue
      yield { ...content.file, line, endOffset, isFlushed }
    }
  }

  return {
    lines,
    async *files() {
      for await (const file of cached ?? allFiles()) {
        if (!index.isInForce({ kind: 'file', file }, file.line)) continue
        const isStaged = staged.has(file.line)
        // A staged file still has to be moved, so it does not count as flushed.
        yield { ...file, isStaged, isFlushed: file.isFlushed && !isStaged }
      }
    },
    async *obsoletePaths() {
      for await (const { content, line } of lines()) {
        if (content.kind === 'removed' && index.isInForce(content, line)) yield content.path
        else if (content.kind === 'file' && index.isReplaced(content.file, line)) yield content.file.path
      }
    },
  }
}

function changed(): OutputError {
  const name = recordNames.manifest
  const message =
    `Cannot read the record: another program changed ${name} at the same time; find out which one, then resume the export ` +
    "(mode 'resume')"
  return new OutputError('OUTPUT_RECORD_LOST', message, { path: name })
}
