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

/** A file of a manifest. */
export type ManifestFile = RecordedFile &
  LinePosition & {
    /** Whether it may wait in the staging folder still. */
    readonly isStaged: boolean
  }

/** A line of a manifest that is right. */
export interface RightLine extends LinePosition {
  readonly content: ManifestLine
  readonly text: string
  /** With its line feed. Valid until the next line is asked for. */
  readonly bytes: Uint8Array
}

/**
 * What a manifest says. The files are not in memory: each look at them reads the manifest again, up to the line that was
 * the last one before. Dispose of it when it is of no more use.
 */
export interface Manifest extends Disposable {
  readonly index: ManifestIndex
  /**
   * Yields the files: the last line of each path, in the order of these lines, without removed files.
   *
   * @throws {OutputError} OUTPUT_RECORD_LOST if the manifest has changed since
   */
  files(): AsyncIterable<ManifestFile>
  /** Yields the paths of files that were to be removed once their line was written. */
  uselessPaths(): AsyncIterable<string>
  /** Yields all lines that are right. */
  lines(): AsyncIterable<RightLine>
  /** Yields the lines that are not entries. Reads the manifest again if there are any: there may be as many as bytes. */
  damagedLines(): AsyncIterable<DamagedLine>
  /** Bytes up to the end of the last whole line that is right. A crash has damaged what follows. */
  readonly endOffset: number
  /** The SHA-256 of these bytes, to go on with. */
  readonly hash: Hash
  /** Bytes of these that are flushed with all their files. */
  readonly flushedBytes: number
  /** Number of these lines. */
  readonly lineCount: number
  /** Whether one of these lines is damaged. */
  readonly hasDamage: boolean
  /** Size and SHA-256 of the file. */
  readonly digest: FileDigest
}

/** A line of a manifest that is not an entry. */
interface DamagedLine {
  /** Counted from 1. */
  readonly number: number
  readonly isComplete: boolean
}

/** Options of {@link readManifest}. */
export interface ReadManifestOptions extends KeyMapOptions {
  readonly signal?: AbortSignal | undefined
  /** Whether a manifest that is missing is read as one without lines. Default false. */
  readonly allowsMissing?: boolean | undefined
}

/** What a file takes in memory. As many are kept as fit, so that a small manifest is parsed once. */
const fileBytes = 2048

/** Reads the manifest of a record. Returns undefined if there is none. */
export async function readManifest(
  store: RecordStore,
  { signal, allowsMissing = false, maxMemory = defaultMapMemory }: ReadManifestOptions = {},
): Promise<Manifest | undefined> {
  const content = (await store.read(recordNames.manifest, { signal })) ?? (allowsMissing ? [] : undefined)
  if (content === undefined) return undefined
  const flushedBytes = await readFlushedNote(store)
  const index = createManifestIndex({ maxMemory })
  const all = createHash('sha256')
  let few: (RecordedFile & LinePosition)[] | undefined = []
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
    if (line.kind === 'file' || line.kind === 'staged') few?.push({ ...line.file, ...position })
    if (few !== undefined && few.length > maxMemory / fileBytes) few = undefined
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
    ...looksAt(store, read, { few, flushedBytes, signal }),
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

interface Looks {
  readonly few: readonly (RecordedFile & LinePosition)[] | undefined
  readonly flushedBytes: number
  readonly signal: AbortSignal | undefined
}

/** Makes the looks at a manifest that was read. */
function looksAt(
  store: RecordStore,
  { index, hash, endOffset: end }: Pick<Manifest, 'index' | 'hash' | 'endOffset'>,
  { few, flushedBytes, signal }: Looks,
): Pick<Manifest, 'files' | 'uselessPaths' | 'lines'> {
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
      for await (const file of few ?? allFiles()) {
        if (!index.isInForce({ kind: 'file', file }, file.line)) continue
        const isStaged = staged.has(file.line)
        // It has another path until it is moved: nothing is known to survive a power cut.
        yield { ...file, isStaged, isFlushed: file.isFlushed && !isStaged }
      }
    },
    async *uselessPaths() {
      for await (const { content, line } of lines()) {
        if (content.kind === 'removed' && index.isInForce(content, line)) yield content.path
        else if (content.kind === 'file' && index.isReplaced(content.file, line)) yield content.file.path
      }
    },
  }
}

function changed(): OutputError {
  const name = recordNames.manifest
  const message = `Cannot read the record: ${name} changed meanwhile; find out what does that, then resume the export (mode 'resume')`
  return new OutputError('OUTPUT_RECORD_LOST', message, { path: name })
}
