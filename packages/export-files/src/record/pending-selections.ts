import { membersOf } from '../reading/json-members.ts'
import type { FoundSummary } from './summary-file.ts'

/** Outcomes with which all that was selected is written. */
const completeOutcomes: ReadonlySet<unknown> = new Set(['complete', 'unverified'])

/** Outcome in the summary of a run that has begun. It stays there if the run is killed. */
export const unfinished = 'unfinished'

/** Returns whether a summary says that all that was selected is written. */
export function isCompleteOutcome(outcome: unknown): boolean {
  return completeOutcomes.has(outcome)
}

/** Returns the selections that earlier runs did not complete. */
export function earlierPending(found: FoundSummary): readonly string[] {
  if (found.kind !== 'found') return []
  const { selection, pending } = membersOf(found.summary['record'])
  const texts = Array.isArray(pending) ? pending.filter((text) => typeof text === 'string') : []
  if (isCompleteOutcome(found.outcome) || typeof selection !== 'string') return texts
  return [...new Set([...texts, selection])]
}

/** Returns the selections that are still not complete after a run. */
export function stillPending(
  pending: readonly string[],
  { selection, isComplete }: { readonly selection: string | undefined; readonly isComplete: boolean },
): readonly string[] {
  if (!isComplete) return pending
  return pending.filter((other) => other !== selection && !other.startsWith(`${selection}/`))
}
