import { recordNames } from '../destination/record-store.ts'
import type { RecordStore } from '../destination/record-store.ts'
import { readLines } from '../reading/read-lines.ts'
import { parseManifestLine, type ManifestLine } from '../record/manifest-line.ts'

/** A record that is merged: the destination's own, or the record of a writer. */
export interface MergeSource {
  /** Undefined for the record of the destination. */
  readonly writer: string | undefined
  readonly record: RecordStore
}

/** An undamaged line of a manifest. */
export interface SourceLine {
  /** Line number, starting at 1. */
  readonly line: number
  readonly content: ManifestLine
  readonly text: string
  /** The line with its line feed. Valid until the next line is requested. */
  readonly bytes: Uint8Array
}

/** Yields the undamaged lines of a manifest, including those that later lines override. */
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
