import { recordNames } from '../destination/record-store.ts'
import type { RecordStore } from '../destination/record-store.ts'
import { membersOf, type JsonMembers } from '../reading/json-members.ts'
import { readText } from '../reading/read-text.ts'
import type { RecordState } from './record-state.ts'
import { readSealed, sealed, sealedText } from './sealed-json.ts'
import type { Sealed } from './sealed-json.ts'

/** The content of `summary.json`. */
export type ClosedSummary<Summary extends object = object> = Sealed<
  Summary & {
    /** State of the record at the end of the run. It covers all runs, not only the last one. */
    readonly record: RecordState
  }
>

/** Result of {@link readSummary}. */
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
  const closed = sealed({ ...summary, record })
  await store.write(recordNames.summary, Buffer.from(sealedText(closed)))
  return closed
}

/** Reads the summary of the last run. */
export async function readSummary(store: RecordStore): Promise<FoundSummary> {
  const content = await store.read(recordNames.summary)
  if (content === undefined) return { kind: 'none' }
  const summary = readSealed(await readText(content))
  if (summary === undefined) return { kind: 'damaged' }
  const { outcome } = summary
  return { kind: 'found', outcome: typeof outcome === 'string' ? outcome : undefined, summary }
}

/** Returns size and SHA-256 of the DICOMDIR. Returns undefined without a DICOMDIR, or if the last run has not ended. */
export function dicomdirOf(found: FoundSummary): { readonly bytes: number; readonly sha256: string } | undefined {
  const record = found.kind === 'found' ? membersOf(found.summary['record']) : {}
  const { byteLength: bytes, sha256 } = membersOf(record['dicomdir'])
  return typeof bytes === 'number' && typeof sha256 === 'string' ? { bytes, sha256 } : undefined
}
