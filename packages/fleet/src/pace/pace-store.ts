import type { Operation } from '@ahi-dicom/ahi-client'

import type { AnswerCounts } from './account-rate.ts'
import type { Need } from './fair-shares.ts'

/** What one worker needs, by operation. What is not named it does not use. */
export type Needs = Readonly<Partial<Record<Operation, Need>>>

/** Counts by operation. */
export type CountsOfOperations = Readonly<Partial<Record<Operation, AnswerCounts>>>

/** What a worker tells all others. */
export interface Telling {
  readonly name: string
  readonly needs: Needs
  /** Since it told last. */
  readonly counts: CountsOfOperations
}

/** What all workers of a prefix know together. */
export interface CommonKnowledge {
  /** The time of the store in milliseconds. */
  readonly now: number
  /** Of each worker that has told lately: its name, when, and what it needs. In the order of the names. */
  readonly workers: readonly { readonly name: string; readonly at: number; readonly needs: Needs }[]
  /** Sums over all workers. */
  readonly counts: CountsOfOperations
  /** The rates of the account as text, see {@link PaceStore.exchange}. Empty in the beginning. */
  readonly account: string
}

/** Where the workers of a prefix tell each other what they need. Calls reject if it cannot be reached. */
export interface PaceStore {
  tell(telling: Telling): Promise<CommonKnowledge>
  /** Sets the rates of the account if they still are `previous`, and returns what they are then. */
  exchange(previous: string, next: string): Promise<string>
  /** Forgets a worker. */
  leave(name: string): Promise<void>
}
