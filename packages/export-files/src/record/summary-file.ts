import { hash } from 'node:crypto'
import { printableJson } from '@ahi-dicom/ahi-metadata'
import { recordNames } from '../destination/record-store.ts'
import type { RecordStore } from '../destination/record-store.ts'
import { isObject, parseJson } from '../reading/json-members.ts'
import type { JsonMembers } from '../reading/json-members.ts'
import { readText } from '../reading/read-text.ts'
import type { RecordState } from './record-state.ts'

/** A summary as it is written. */
export type ClosedSummary<Summary extends object = object> = Summary & {
  /** What the record was at the end of the run: of all runs, not of the last one alone. */
  readonly record: RecordState
  /** SHA-256 of the JSON text of the other members, in lower-case hexadecimal: it shows if the file was changed. */
  readonly sha256: string
}

/** What {@link readSummary} finds. */
export type FoundSummary =
  | { readonly kind: 'none' }
  | { readonly kind: 'damaged' }
  | {
      readonly kind: 'found'
      readonly outcome: string | undefined
      readonly summary: JsonMembers
    }

/** Writes the summary of a run, and returns it. */
export async function writeSummary<Summary extends object>(
  store: RecordStore,
  summary: Summary,
  record: RecordState,
): Promise<ClosedSummary<Summary>> {
  const content = { ...summary, record }
  const closed = { ...content, sha256: digestOfMembers(content) }
  await store.write(recordNames.summary, Buffer.from(textOf(closed)))
  return closed
}

/** Reads the summary of the last run. */
export async function readSummary(store: RecordStore): Promise<FoundSummary> {
  const content = await store.read(recordNames.summary)
  if (content === undefined) return { kind: 'none' }
  const text = await readText(content)
  const value = parseJson(text)
  if (!isObject(value)) return { kind: 'damaged' }
  const { sha256: _, ...members } = value
  if (text !== textOf({ ...members, sha256: digestOfMembers(members) })) return { kind: 'damaged' }
  const { outcome } = members
  return { kind: 'found', outcome: typeof outcome === 'string' ? outcome : undefined, summary: members }
}

function textOf(summary: object): string {
  return `${printableJson(JSON.stringify(summary, undefined, 2))}\n`
}

function digestOfMembers(members: object): string {
  return hash('sha256', JSON.stringify(members))
}
