import { recordNames } from '../destination/record-store.ts'
import type { RecordStore } from '../destination/record-store.ts'
import { readLines } from '../reading/read-lines.ts'
import { parseManifestLine, type ManifestLine } from '../record/manifest-line.ts'

/** A record that is merged: that of the destination, or that of a writer. */
export interface MergeSource {
  /** Undefined for the record of the destination. */
  readonly writer: string | undefined
  readonly record: RecordStore
}

/** A line of a manifest that is right. */
export interface SourceLine {
  /** Counted from 1. */
  readonly line: number
  readonly content: ManifestLine
  readonly text: string
  /** With its line feed. Valid until the next line is asked for. */
  readonly bytes: Uint8Array
}

/** Yields the lines of a manifest that are right, in force or not. */
export async function* sourceLines(
  { record }: MergeSource,
  signal: AbortSignal | undefined,
): AsyncGenerator<SourceLine> {
  const content = (await record.read(recordNames.manifest, { signal })) ?? []
  for await (const { number: line, text, bytes, isComplete } of readLines(content)) {
    const parsed = isComplete ? parseManifestLine(text) : undefined
    if (parsed !== undefined) yield { line, content: parsed, text, bytes }
  }
}
