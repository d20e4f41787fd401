import { membersOf } from '../reading/json-members.ts'
import type { FoundSummary } from './summary-file.ts'

/** Outcomes of a run that has written everything it selected. */
const completeOutcomes: ReadonlySet<unknown> = new Set(['complete', 'unverified'])

/** Outcome in the summary of a running export. It stays there if the run is killed. */
export const unfinished = 'unfinished'

/** Returns true if the outcome means that everything selected is written. */
export function isCompleteOutcome(outcome: unknown): boolean {
  return completeOutcomes.has(outcome)
}

/** Returns the selections that earlier runs did not complete, from the summary of the last run. */
export function earlierPending(found: FoundSummary): readonly string[] {
  if (found.kind !== 'found') return []
  const { selection, pending } = membersOf(found.summary['record'])
  const texts = Array.isArray(pending) ? pending.filter((text) => typeof text === 'string') : []
  if (isCompleteOutcome(found.outcome) || typeof selection !== 'string') return texts
  return [...new Set([...texts, selection])]
}

/** Returns the selections of earlier runs that are still not complete after a run. */
export function stillPending(
  pending: readonly string[],
  { selection, isComplete }: { readonly selection: string | undefined; readonly isComplete: boolean },
): readonly string[] {
  if (!isComplete) return pending
  return pending.filter((other) => other !== selection && !other.startsWith(`${selection}/`))
}
