import { createHash, type Hash } from 'node:crypto'
import type { Destination } from '../destination/destination.ts'
import { recordNames } from '../destination/record-store.ts'
import { checkedLine } from '../record/checked-line.ts'
import { neededLine, writeAll } from '../record/compact-manifest.ts'
import type { StartOverEntry } from '../record/entries.ts'
import { writeFlushedNote } from '../record/flushed-note.ts'
import type { Candidate, LineChoices } from './line-choices.ts'
import { sourceLines, type MergeSource, type SourceLine } from './merge-source.ts'

/** Size and hash of the merged manifest. */
export interface MergedManifest {
  readonly byteLength: number
  /** Running SHA-256 of the manifest. */
  readonly hash: Hash
}

/** Passes over the records, in the order of writing. Later lines override earlier ones. */
type Pass = 'old' | 'older versions' | 'rest'

/**
 * Writes the chosen lines of all records to the manifest of the destination. Their files are flushed, so the flushed
 * note is set to the end of the manifest once it is written.
 */
export async function writeMergedManifest(
  destination: Destination,
  sources: readonly MergeSource[],
  choices: LineChoices,
  signal: AbortSignal | undefined,
): Promise<MergedManifest> {
  const { record } = destination
  const isFlushable = destination.flush !== undefined
  const hash = createHash('sha256')
  let byteLength = 0

  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const bytes of mergedLines(sources, choices, signal)) {
      hash.update(bytes)
      byteLength += bytes.byteLength
      yield bytes
    }
  }

  if (isFlushable) await writeFlushedNote(record, 0)
  else await record.remove(recordNames.flushed)
  await writeAll(record, recordNames.manifest, counted())
  if (isFlushable) await writeFlushedNote(record, byteLength)
  return { byteLength, hash }
}

const startOver: StartOverEntry = { startedOver: true }

async function* mergedLines(
  sources: readonly MergeSource[],
  choices: LineChoices,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if (choices.hasOld) {
    yield* linesOfPass('old', sources, choices, signal)
    yield Buffer.from(`${checkedLine(startOver)}\n`)
  }
  if (choices.hasVersions) yield* linesOfPass('older versions', sources, choices, signal)
  yield* linesOfPass('rest', sources, choices, signal)
}

async function* linesOfPass(
  pass: Pass,
  sources: readonly MergeSource[],
  choices: LineChoices,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for (const [source, one] of sources.entries()) {
    for await (const line of sourceLines(one, signal)) {
      const { content } = line
      if (content.kind === 'file' || content.kind === 'staged') {
        const { file } = content
        const [chosen] = choices.of(file.path)
        if (chosen?.source !== source || chosen.line !== line.line) continue
        if (passOf(chosen, choices.isNewest(file)) === pass) yield neededLine(line)
      } else if (pass === 'rest' && content.kind === 'finished') {
        if (choices.isLastFinish(content.imageSet, { source, line: line.line })) yield finishedLine(line, choices)
      }
    }
  }
}

function passOf({ isOld }: Candidate, isNewest: boolean): Pass {
  if (isOld) return 'old'
  return isNewest ? 'rest' : 'older versions'
}

/**
 * Returns a finished line. It may keep `replaces` for the newest version only, which then replaces files of all
 * records.
 */
function finishedLine(line: SourceLine, choices: LineChoices): Uint8Array {
  const { content, bytes } = line
  return content.kind === 'finished' && choices.isNewest(content.imageSet) ? bytes : neededLine(line)
}
